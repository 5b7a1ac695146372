"""Events that have landed: read as rows of an extract, and rewritten without a customer's."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

import pyarrow as pa

from glowhouse.database_file import sync
from glowhouse.erasure.belongings import erased_rows
from glowhouse.erasure.identifiers import Cover, Kind
from glowhouse.extracts.contract import ROW_NUMBER, UNREADABLE
from glowhouse.landing.disk import put_in_place
from glowhouse.landing.event import Event
from glowhouse.landing.known_events import forget
from glowhouse.landing.segments import Segment, segments_of

LANDED_EVENTS: Final = "app.landed_events"
_COLUMNS = tuple(field.name for field in fields(Event))


def is_of(cover: Cover, event: Event) -> bool:
    """Whether an event that is about to land is of somebody whom `cover` covers; by the rules of `MARKS`."""
    if event.customer_id:
        return cover.covers(Kind.CUSTOMER, event.customer_id)
    return cover.covers(Kind.SESSION, event.session_id) or cover.covers(Kind.DEVICE, event.device_id or "")


def landed_rows(zone: Path) -> Iterator[pa.RecordBatch]:
    """The events of a landing zone, a batch a segment, as an extract's rows are read."""
    for segment in segments_of(zone):
        yield _batch(_lines(segment))


def erase_landed(zone: Path, cover: Cover, events: frozenset[str], *, is_trial: bool) -> int:
    """Rewrite the segments of a landing zone without the events that are covered, and forget that they had landed.

    Whoever calls this holds the zone's lock. Each file is the old one or the new one, whenever this is interrupted.

    Args:
        zone: the landing zone; it need not exist.
        events: ids of the customer's events, also of those that were archived since.
        is_trial: count, and change nothing.

    Returns:
        how many events there were.

    Raises:
        OSError: a file cannot be read or written.
    """
    count = sum(_rewritten(segment, cover, is_trial) for segment in segments_of(zone))
    if not is_trial:
        forget(zone, sorted(events))
    return count


def erase_archived(folder: Path, cover: Cover, *, is_trial: bool) -> int:
    """Rewrite the segments that were archived to a folder; see `erase_landed`."""
    names = (path.name.removesuffix(".jsonl.gz") for path in folder.glob("*.jsonl.gz"))
    segments = [Segment(int(name), folder) for name in names if name.isdecimal()]
    return sum(_rewritten(segment, cover, is_trial) for segment in sorted(segments))


def _rewritten(segment: Segment, cover: Cover, is_trial: bool) -> int:
    lines = _lines(segment)
    erased = erased_rows(LANDED_EVENTS, _batch(lines), cover)
    if erased.any() and not is_trial:
        if segment.open_file.exists():
            segment.close()
        _replace(segment, b"".join(line for line, gone in zip(lines, erased, strict=True) if not gone))
    return int(erased.sum())


def _lines(segment: Segment) -> list[bytes]:
    with segment.open() as file:
        return file.read().splitlines(keepends=True)


def _batch(lines: Sequence[bytes]) -> pa.RecordBatch:
    rows = [_row(line) for line in lines]
    columns = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in (*_COLUMNS, UNREADABLE)}
    return pa.record_batch(columns | {ROW_NUMBER: pa.array(range(1, len(rows) + 1), pa.int64())})


def _row(line: bytes) -> dict[str, str]:
    try:
        row = json.loads(line)
        return {name: str(value) for name, value in row.items() if value is not None}
    except (ValueError, AttributeError):
        return {UNREADABLE: line.decode(errors="replace")}


def _replace(segment: Segment, content: bytes) -> None:
    if content:
        put_in_place(gzip.compress(content, mtime=0), segment.closed_file)
    else:
        # Its number stays taken: the file of its known events is still there.
        segment.closed_file.unlink()
        sync(segment.folder)
