"""Files that are no part of a release: rating sheets are rewritten, what can be made again is removed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from glowhouse.erasure.haystack import Needles, is_in_file
from glowhouse.landing.disk import put_in_place
from models_py.columns import CUSTOMER

_MARK: Final = b"\xef\xbb\xbf"


def erase_sheets(sheets: Iterable[Path], customers: frozenset[str], *, is_trial: bool) -> int:
    """Take a customer's rows out of CSV files with a column of customers; all other bytes stay.

    Returns:
        how many rows there were.
    """
    count = 0
    for path in sheets:
        text = path.read_bytes().decode("utf-8-sig", errors="surrogateescape")
        records = list(_records(text))
        header, dialect = (records[0], _dialect(records[0])) if records else ("", ",")
        names = [name.strip() for name in next(csv.reader([header], delimiter=dialect), [])]
        if CUSTOMER not in names:
            continue
        place = names.index(CUSTOMER)
        kept = [header, *(line for line in records[1:] if _value(line, dialect, place) not in customers)]
        count += len(records) - len(kept)
        if len(kept) < len(records) and not is_trial:
            mark = _MARK if path.read_bytes().startswith(_MARK) else b""
            mode = path.stat().st_mode
            put_in_place(mark + "".join(kept).encode(errors="surrogateescape"), path)
            path.chmod(mode)
    return count


def remove_makeable(files: Iterable[Path], needles: Needles, *, is_trial: bool) -> int:
    """Remove the files that name the customer: logs, compiled models, reports. Commands make them again.

    Returns:
        how many there were.
    """
    found = [path for path in files if is_in_file(path, needles)]
    if not is_trial:
        for path in found:
            path.unlink()
    return len(found)


def _records(text: str) -> Iterator[str]:
    """The records as they are written; one whose quoted value spans lines is one record."""
    record = ""
    for line in io.StringIO(text, newline=""):
        record += line
        if record.count('"') % 2 == 0:
            yield record
            record = ""
    if record:
        yield record


def _dialect(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _value(record: str, delimiter: str, place: int) -> str | None:
    row = next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), [])
    return row[place].strip() if place < len(row) else None
