"""The files of a landing zone: events are appended to one segment after the other.

`app/events/00000007.jsonl` is written to by one process, once: whoever opens the zone later closes the segments that
were left, and begins a new one. `app/events/00000007.jsonl.gz` is closed: it holds the same lines and never changes,
unless a customer is erased while nobody has the zone open.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self, cast

from glowhouse.database_file import sync
from glowhouse.landing.disk import put_in_place

EVENTS_FOLDER: Final = Path("app") / "events"
_OPEN, _CLOSED = ".jsonl", ".jsonl.gz"
_DIGITS = 8


@dataclass(frozen=True, order=True)
class Segment:
    """A number, and the names of its files; in the order in which they were written."""

    number: int
    folder: Path

    @property
    def name(self) -> str:
        """The number as file names spell it."""
        return f"{self.number:0{_DIGITS}d}"

    @property
    def open_file(self) -> Path:
        """The file that is appended to."""
        return self.folder / f"{self.name}{_OPEN}"

    @property
    def closed_file(self) -> Path:
        """The file that never changes."""
        return self.folder / f"{self.name}{_CLOSED}"

    def open(self) -> BinaryIO:
        """The segment's whole lines. A line that is not finished was not acknowledged and is left out.

        Raises:
            FileNotFoundError: the segment is gone.
            OSError: it cannot be read.
        """
        try:
            content = self.open_file.read_bytes()
        except FileNotFoundError:
            # Closed since it was listed, or long ago.
            return cast(BinaryIO, gzip.open(self.closed_file, "rb"))
        return io.BytesIO(_whole_lines(content))

    def close(self) -> None:
        """Replace the open file by a compressed one with the same whole lines.

        A crash leaves the open file, or both, which readers take for one segment. Calling this again finishes the
        work. The lines are written anew: after a failed fsync nobody knows which of them are on disk.

        Raises:
            OSError: the compressed file cannot be written; the open one stays.
        """
        content = _whole_lines(self.open_file.read_bytes())
        if content:
            put_in_place(gzip.compress(content, mtime=0), self.closed_file)
        self.open_file.unlink()
        sync(self.folder)


class SegmentsReader:
    """The whole lines of segments, one segment after the other, as one file to read from."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        """Takes the segments; they are opened when it is their turn."""
        self._rest = iter(segments)
        self._current: BinaryIO = io.BytesIO()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end of the last segment.

        Raises:
            OSError, EOFError, zlib.error: a segment cannot be read.
        """
        while not (content := self._current.read(size)):
            self._current.close()
            segment = next(self._rest, None)
            if segment is None:
                self._current = io.BytesIO()
                return b""
            self._current = segment.open()
        return content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._current.close()


def segments_of(zone: Path) -> list[Segment]:
    """The segments of a landing zone, oldest first; none if there is no such folder."""
    folder = zone / EVENTS_FOLDER
    names = _names(folder)
    # While a segment is closed one of its names comes and the other one goes: a listing may miss both.
    while (again := _names(folder)) != names:
        names = again
    numbers = {name.removesuffix(".gz").removesuffix(_OPEN) for name in names if name.endswith((_OPEN, _CLOSED))}
    return sorted(Segment(int(number), folder) for number in numbers if number.isdecimal())


def bytes_on_disk(zone: Path) -> int:
    """How large the files of a landing zone are."""
    total = 0
    for path in zone.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return set()


def _whole_lines(content: bytes) -> bytes:
    return content[: content.rfind(b"\n") + 1]
