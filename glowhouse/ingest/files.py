"""Reading source files so that whatever is wrong with them is said with file, line and what was expected."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from glowhouse.errors import GlowhouseError


class IngestError(GlowhouseError):
    """The source cannot be ingested, or the target cannot be written; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """A line of a source file, for messages. Lines count from 1, as editors count them."""

    path: Path
    line: int

    def error(self, problem: str) -> IngestError:
        """The error that names this place."""
        return IngestError(f"{self.path}, line {self.line}: {problem}")


@dataclass(frozen=True)
class Record:
    """One record of a CSV file: its values by column name, and where it begins."""

    place: Place
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


def require_files(folder: Path, purposes: Mapping[str, str]) -> None:
    """Checks that `folder` holds every file of `purposes` (path inside the folder -> what it is needed for).

    Raises:
        IngestError: naming the missing folder, or every missing file at once.
    """
    if not folder.is_dir():
        raise IngestError(f"{folder} is not a folder. Name the folder that holds {', '.join(purposes)}.")
    missing = [f"{name} ({purpose})" for name, purpose in purposes.items() if not (folder / name).is_file()]
    if missing:
        raise IngestError(f"{folder} lacks {len(missing)} file(s):\n  " + "\n  ".join(missing))


def read_lines(path: Path) -> Iterator[tuple[Place, str]]:
    """The lines of a UTF-8 text file, gzipped if its name ends in .gz, without their line ends.

    Raises:
        IngestError: if the file is not gzip though its name says so, is cut off, or holds bytes that are not UTF-8.
    """
    place = Place(path, 1)
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                place = Place(path, number)
                yield place, line.decode("utf-8").rstrip("\r\n")
    except gzip.BadGzipFile as error:
        raise IngestError(f"{path}: expected a gzip file: {error}") from error
    except (EOFError, zlib.error) as error:
        raise place.error(f"the gzip file is damaged or cut off after this line ({error}); copy it again") from error
    except UnicodeDecodeError as error:
        raise place.error(f"expected UTF-8 text: {error}") from error
    except OSError as error:
        raise IngestError(f"{path} cannot be read: {error}") from error


def read_records(path: Path, columns: Sequence[str]) -> Iterator[Record]:
    """The records of a CSV file whose header names at least `columns`; every value stays text.

    Raises:
        IngestError: for a missing header or column, a record of another length than the header, or an open quote.
    """
    at = Place(path, 1)

    def texts() -> Iterator[str]:
        nonlocal at
        for at, line in read_lines(path):  # noqa: B007 - kept for the messages below
            yield line + "\n"

    reader = csv.reader(texts(), strict=True)
    try:
        header = next(reader, [])
        missing = [column for column in columns if column not in header]
        if missing:
            raise at.error(f"column(s) {', '.join(missing)} missing; expected {', '.join(columns)}")
        begins = at.line + 1
        for row in reader:
            place, begins = Place(path, begins), at.line + 1
            if len(row) != len(header):
                raise place.error(f"{len(row)} value(s), expected {len(header)}: {', '.join(header)}")
            yield Record(place, dict(zip(header, row, strict=True)))
    except csv.Error as error:
        raise at.error(f"not readable as CSV: {error}") from error


def to_integer(text: str, place: Place, what: str) -> int:
    """The integer that `text` spells in plain digits.

    Raises:
        IngestError: naming the place and `what` was expected, if it spells anything else.
    """
    if not (text.isascii() and text.isdigit()):
        raise place.error(f"expected {what} as a whole number, found {text!r}")
    return int(text)


def to_number(text: str, place: Place, what: str) -> float:
    """The finite number that `text` spells.

    Raises:
        IngestError: naming the place and `what` was expected, if it spells anything else.
    """
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        raise place.error(f"expected {what} as a number, found {text!r}")
    return number
