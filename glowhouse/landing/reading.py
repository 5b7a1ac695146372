"""Reads what has landed, while more is landing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from glowhouse.landing.event import Event
from glowhouse.landing.segments import Segment, segments_of


def read(folder: Path) -> Iterator[Event]:
    """Every event that had landed when this was called, and perhaps later ones, in the order of their receipt.

    Nothing is locked. Lines that hold no event, which only a damaged disk leaves behind, are passed over; the
    warehouse counts them as unreadable rows.

    Args:
        folder: the landing zone; it need not exist.

    Raises:
        OSError: a segment cannot be read.
    """
    for segment in segments_of(folder):
        yield from events_of(segment)


def events_of(segment: Segment) -> Iterator[Event]:
    """The events of one segment.

    Raises:
        OSError: it cannot be read.
    """
    with segment.open() as lines:
        for line in lines:
            try:
                yield Event.from_line(line)
            except ValueError:
                continue
