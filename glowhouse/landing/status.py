"""What a landing zone holds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from glowhouse.landing.reading import events_of
from glowhouse.landing.segments import Segment, SegmentsReader, bytes_on_disk, segments_of

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Status:
    """Counts of a landing zone.

    Attributes:
        open_segments: segments that are written to, or wait to be compressed.
        stored_bytes: of all files, those included by which events are recognised.
        last_received_at: None while nothing has landed.
    """

    open_segments: int
    closed_segments: int
    events: int
    stored_bytes: int
    last_received_at: datetime | None


def status_of(folder: Path) -> Status:
    """Counts what has landed; a service may be writing meanwhile.

    Raises:
        OSError: a segment cannot be read.
    """
    segments = segments_of(folder)
    open_segments = sum(segment.open_file.exists() for segment in segments)
    events = 0
    with SegmentsReader(segments) as lines:
        while content := lines.read(_CHUNK_BYTES):
            events += content.count(b"\n")
    return Status(
        open_segments,
        len(segments) - open_segments,
        events,
        bytes_on_disk(folder),
        next(filter(None, map(_last_received, reversed(segments))), None),
    )


def _last_received(segment: Segment) -> datetime | None:
    last = deque(events_of(segment), maxlen=1)
    return last[0].extracted_at if last else None
