"""The files of a landing zone as its writer sees them."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from glowhouse.database_file import sync
from glowhouse.landing.batch import Batch
from glowhouse.landing.disk import make_folder, write_all
from glowhouse.landing.errors import LandingFullError
from glowhouse.landing.event import Event
from glowhouse.landing.known_events import IDS_FOLDER, KnownEvents, digest_of, last_number, learn
from glowhouse.landing.segments import EVENTS_FOLDER, Segment, bytes_on_disk, segments_of


@dataclass
class _OpenSegment:
    """A segment that this process began; its events are not in the files of digests yet."""

    segment: Segment
    descriptor: int
    size: int = 0
    digests: set[bytes] = field(default_factory=set)
    closing: Future[bool] | None = None


class Journal:
    """Writes batches, knows what has landed, and closes segments that are full.

    One thread uses it. Closing happens in a second one, which touches closed segments and `_known` only.
    """

    def __init__(self, folder: Path, *, max_bytes: int, segment_bytes: int) -> None:
        """Puts the folder in order, whatever state a crash has left it in.

        Raises:
            OSError: the disk does not let it.
        """
        self._folder = folder
        self._max_bytes = max_bytes
        self._segment_bytes = segment_bytes
        for part in (EVENTS_FOLDER, IDS_FOLDER):
            make_folder(folder / part)
            for unfinished in (folder / part).glob("*.part"):
                unfinished.unlink()
        for segment in segments_of(folder):
            if segment.open_file.exists():
                segment.close()
        segments = segments_of(folder)
        self._known = KnownEvents.of(folder, segments)
        self._last_number = max([last_number(folder), *(segment.number for segment in segments)])
        self._stored = bytes_on_disk(folder)
        self._open: list[_OpenSegment] = []
        self._closer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="landing-zone-closer")

    def unknown(self, events: Iterable[Event], batch: Batch) -> dict[bytes, bytes]:
        """Lines of the events that have neither landed nor are about to with this batch, by digest."""
        fresh: dict[bytes, bytes] = {}
        for event in events:
            digest = digest_of(event.event_id)
            if digest not in fresh and digest not in batch.digests and not self._has_landed(digest):
                fresh[digest] = batch.line(event)
        return fresh

    def check_room(self, batch: Batch, lines: Mapping[bytes, bytes]) -> None:
        """Whether these lines fit, after those of the batch. A segment's room stays free: compressing takes it.

        Raises:
            LandingFullError: they do not.
        """
        needed = sum(map(len, lines.values()))
        if needed and self._stored + len(batch.content) + needed > self._max_bytes - self._segment_bytes:
            raise LandingFullError(
                f"The landing zone '{self._folder}' is full: it may hold {self._max_bytes:,} bytes. Give it more "
                "(GLOWHOUSE_LANDING_MAX_BYTES), or stop the service and move events that the shop's own extract of "
                "app.events holds out of it: glowhouse landing archive --to FOLDER."
            )

    def write(self, batch: Batch) -> None:
        """Write a batch, and wait until it is on disk.

        Raises:
            OSError: it is not, or nobody knows.
        """
        self._forget_closed()
        if not batch.content:
            return
        current = self._current()
        write_all(current.descriptor, bytes(batch.content))
        os.fsync(current.descriptor)
        current.digests |= batch.digests
        current.size += len(batch.content)
        self._stored += len(batch.content)
        if current.size >= self._segment_bytes:
            os.close(current.descriptor)
            current.closing = self._closer.submit(self._close, current.segment)

    def close(self) -> None:
        """Let the files go. The segment that is open stays so, and is closed by whoever comes next."""
        self._closer.shutdown()
        for unfinished in self._open:
            if unfinished.closing is None:
                os.close(unfinished.descriptor)

    def _has_landed(self, digest: bytes) -> bool:
        return any(digest in unfinished.digests for unfinished in self._open) or digest in self._known

    def _current(self) -> _OpenSegment:
        if not self._open or self._open[-1].closing is not None:
            self._last_number += 1
            segment = Segment(self._last_number, self._folder / EVENTS_FOLDER)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(segment.open_file, flags, 0o640)
            self._open.append(_OpenSegment(segment, descriptor))
            sync(segment.folder)
        return self._open[-1]

    def _close(self, segment: Segment) -> bool:
        try:
            segment.close()
            self._known = self._known.with_also(learn(self._folder, segment))
        except OSError as error:
            # It stays as it is, which is as safe; whoever opens the zone next tries again.
            logging.getLogger(__name__).warning("Segment %s was not compressed: %s", segment.name, error)
            return False
        return True

    def _forget_closed(self) -> None:
        for unfinished in list(self._open):
            closing = unfinished.closing
            if closing is not None and closing.done() and closing.result():
                self._open.remove(unfinished)
                self._stored = bytes_on_disk(self._folder)
