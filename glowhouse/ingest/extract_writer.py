"""Writes a shop's extracts into a folder: all of them or none, and the same bytes for the same content."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from glowhouse.ingest.files import IngestError
from glowhouse.ingest.progress import Track, untracked

Column = Sequence[str | None]

# What an extract without rows must still have: the required columns of its contract.
EMPTY_EXTRACTS: Mapping[str, tuple[str, ...]] = {
    "pos.sales": ("receipt_no", "line_no", "store", "sold_on", "article_no", "qty", "extracted_at"),
    "pos.loyalty_cards": ("card_number", "customer_id", "extracted_at"),
    "app.events": ("event_id", "event_type", "occurred_at", "session_id", "extracted_at"),
}

MANIFEST = "extracts.yml"


@dataclass(frozen=True)
class Extract:
    """One table of one source system: equally long columns of text, in the order in which they are written."""

    system: str
    entity: str
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        if len({len(column) for column in self.columns.values()}) != 1:
            raise ValueError(f"{self.name}: columns of different lengths")

    @property
    def name(self) -> str:
        """`system.entity`, as in the manifest."""
        return f"{self.system}.{self.entity}"

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class Shop:
    """All extracts of a shop, and what a reader should know was odd about their source.

    Systems that the source does not have are missing from `extracts`; they are written as empty extracts and listed
    as absent in the manifest, so that the warehouse can tell "has none" from "was lost on the way".
    """

    extracts: Sequence[Extract]
    oddities: Sequence[str] = field(default=())

    @property
    def absent(self) -> list[str]:
        """Names of the extracts that this shop does not have."""
        present = {extract.name for extract in self.extracts}
        return [name for name in EMPTY_EXTRACTS if name not in present]


def check_target(target: Path, source: Path, *, force: bool) -> None:
    """Refuses a target in which something would be lost: call it before any slow work.

    Raises:
        IngestError: if `target` is a file, overlaps `source`, or is a folder with content and `force` is not set.
            Even with `force`, only a folder of extracts (one with a manifest) is replaced.
    """
    target, source = target.resolve(), source.resolve()
    if target == source or target in source.parents or source in target.parents:
        raise IngestError(f"{target} and the source {source} lie inside each other; choose another target.")
    if target.exists() and not target.is_dir():
        raise IngestError(f"{target} is a file; name a folder.")
    if not target.exists() or not any(target.iterdir()):
        return
    if not (target / MANIFEST).is_file():
        raise IngestError(f"{target} is not empty and holds no {MANIFEST}, so it is left alone; choose another target.")
    if not force:
        raise IngestError(f"{target} already holds extracts; add --force to replace them.")


def write_shop(shop: Shop, target: Path, track: Track = untracked) -> None:
    """Writes the extracts as Parquet, with the manifest, to `target`, replacing a folder that is there.

    Everything is written to a folder beside the target and renamed at the end: a reader, or an interruption, finds the
    old extracts or the new ones, never a mixture.

    Raises:
        IngestError: if the folder cannot be written.
    """
    target = target.resolve()
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        unfinished.mkdir(parents=True)
        for extract in track([*shop.extracts, *map(_empty_extract, shop.absent)], "writing"):
            _write_parquet(unfinished, extract)
        manifest = yaml.safe_dump({"absent": shop.absent}, sort_keys=True)
        (unfinished / MANIFEST).write_text(
            f"# Extracts that are empty because the source has no such data.\n{manifest}", encoding="utf-8"
        )
        _put_in_place(unfinished, target)
    except OSError as error:
        raise IngestError(f"{target} cannot be written: {error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _empty_extract(name: str) -> Extract:
    system, entity = name.split(".")
    return Extract(system, entity, {column: [] for column in EMPTY_EXTRACTS[name]})


def _write_parquet(folder: Path, extract: Extract) -> None:
    path = folder / extract.system / f"{extract.entity}.parquet"
    path.parent.mkdir(exist_ok=True)
    table = pa.table({name: pa.array(values, pa.string()) for name, values in extract.columns.items()})
    pq.write_table(table, path, compression="zstd")


def _put_in_place(finished: Path, target: Path) -> None:
    replaced = finished.with_suffix(".replaced")
    if target.exists():
        target.rename(replaced)
    try:
        finished.rename(target)
    except OSError:
        if replaced.exists():
            replaced.rename(target)
        raise
    shutil.rmtree(replaced, ignore_errors=True)
