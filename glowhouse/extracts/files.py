"""Finds the file of an extract in a shop's raw folder, and the list of extracts that are empty on purpose."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from glowhouse.extracts.contract import ExtractContract
from glowhouse.extracts.errors import ExtractError, listed, nearest
from glowhouse.landing.segments import segments_of

FORMATS = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
ABSENT_LIST = "extracts.yml"


@dataclass(frozen=True)
class ExtractFile:
    """An extract's file, or a landing zone, whose segments are read as if they were one file.

    Attributes:
        path: of the file, or of the landing zone.
        name: its path inside the raw folder, as messages show it.
        is_landed: whether it is a landing zone.
    """

    path: Path
    name: str
    is_landed: bool = False

    @property
    def format(self) -> str:
        """`csv`, `jsonl` or `parquet`."""
        if self.is_landed:
            return "jsonl"
        return self.path.name.removesuffix(".gz").rsplit(".", 1)[1]

    @property
    def is_compressed(self) -> bool:
        """Whether it is text under gzip, at least in part."""
        return self.is_landed or self.path.name.endswith(".gz")


def find_file(raw: Path, contract: ExtractContract) -> ExtractFile | None:
    """Finds `<raw>/<system>/<entity>.<ext>`.

    Returns:
        The file, or nothing if there is none and `extracts.yml` says that this is on purpose.

    Raises:
        ExtractError: if the folder or the file is missing, or there is more than one file.
    """
    if not raw.is_dir():
        raise ExtractError(
            f"The folder of raw extracts '{raw}' is missing. Point GLOWHOUSE_RAW to the folder that holds your "
            f"extracts, for example '{contract.system}/{contract.entity}.csv'."
        )
    stem = f"{contract.system}/{contract.entity}"
    found = [extension for extension in FORMATS if (raw / f"{stem}{extension}").is_file()]
    if len(found) > 1:
        raise ExtractError(
            f"{stem} has {len(found)} files in '{raw}': {listed(stem + extension for extension in found)}. "
            "One extract is one file; remove the one that is out of date."
        )
    if found:
        return ExtractFile(raw / f"{stem}{found[0]}", f"{stem}{found[0]}")
    if contract.name in absent_extracts(raw):
        return None
    raise ExtractError(_missing_message(raw, contract, stem))


def find_landed(landing: Path | None) -> ExtractFile | None:
    """The events of a landing zone; nothing if none has landed, or there is no zone.

    Raises:
        ExtractError: if a segment cannot be read.
    """
    if landing is None:
        return None
    file = ExtractFile(landing, f"landing zone '{landing}'", is_landed=True)
    try:
        for segment in segments_of(landing):
            with segment.open() as lines:
                if lines.read(1):
                    return file
    except (EOFError, OSError) as error:
        raise ExtractError(f"{file.name}: the events cannot be read ({error}).") from error
    return None


def absent_extracts(raw: Path) -> frozenset[str]:
    """Names (`system.entity`) that `<raw>/extracts.yml` lists as empty on purpose; none without that file.

    Raises:
        ExtractError: if the file is not the mapping `absent: [system.entity, ...]`.
    """
    path = raw / ABSENT_LIST
    if not path.exists():
        return frozenset()
    expected = f"{ABSENT_LIST}: expected one key 'absent' with a list of extracts, for example 'absent: [pos.sales]'"
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ExtractError(f"{expected}, but the file is not YAML: {' '.join(str(error).split())}") from error
    if document is None:
        return frozenset()
    if not isinstance(document, dict) or set(document) - {"absent"}:
        keys = listed(str(key) for key in document) if isinstance(document, dict) else f"a {type(document).__name__}"
        raise ExtractError(f"{expected}; found {keys}.")
    names = document.get("absent") or []
    if not isinstance(names, list):
        raise ExtractError(f"{expected}; 'absent' is a {type(names).__name__}, not a list.")
    for name in names:
        if not isinstance(name, str) or len(name.split(".")) != 2 or not all(name.split(".")):
            raise ExtractError(f"{expected}; found '{name}' in the list.")
    return frozenset(names)


def _missing_message(raw: Path, contract: ExtractContract, stem: str) -> str:
    folder = raw / contract.system
    present = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    guess = nearest(f"{contract.entity}.csv", present) or next(
        (name for name in present if name.lower().startswith(contract.entity)), None
    )
    hint = f"Found '{contract.system}/{guess}': is that it under another name? " if guess else ""
    return (
        f"{stem}: the extract is missing from '{raw}'. Expected '{stem}' with one of the endings {', '.join(FORMATS)}. "
        f"{hint}If the shop has no such data, say so in '{raw / ABSENT_LIST}': absent: [{contract.name}]."
    )
