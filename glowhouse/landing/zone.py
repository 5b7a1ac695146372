"""The one writer of a landing zone.

Callers wait in a queue; one thread writes what all of them brought, waits for the disk once (group commit), and
acknowledges. Another thread compresses full segments, so that nobody waits for that.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Final, Self

from glowhouse.landing.batch import Batch
from glowhouse.landing.errors import LandingError, LandingFullError
from glowhouse.landing.event import Event
from glowhouse.landing.journal import Journal
from glowhouse.landing.lock import FolderLock

#: Ten gigabytes hold some thirty million events, or a hundred and fifty million compressed ones.
MAX_BYTES: Final = 10 << 30
SEGMENT_BYTES: Final = 16 << 20


@dataclass(frozen=True)
class Receipt:
    """What a caller may rely on: these events are on disk.

    Attributes:
        received_at: the `extracted_at` of those that are new.
        landed: how many events are new.
        known: how many had landed before, and were not written again.
    """

    received_at: datetime
    landed: int
    known: int


@dataclass(frozen=True)
class _Request:
    events: tuple[Event, ...]
    answer: Future[Receipt]


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class LandingZone:
    """Appends events; each one that is acknowledged is found exactly once by whoever reads, whatever happens next.

    Thread-safe. After a failure of the disk it refuses every further event until it is opened again: what a failed
    fsync has left on disk nobody knows, and asking again would be answered as if all were well.
    """

    def __init__(
        self,
        folder: Path,
        *,
        max_bytes: int = MAX_BYTES,
        segment_bytes: int = SEGMENT_BYTES,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Takes the folder over: closes segments that were left open, and learns which events have landed.

        Args:
            folder: of the landing zone; it is made.
            max_bytes: how large the folder may become.
            segment_bytes: after so many bytes a segment is compressed.
            clock: says when events are received, with time zone.

        Raises:
            LandingLockedError: another process writes there.
            LandingError: the folder cannot be used.
            ValueError: `max_bytes` does not hold two segments, or the clock has no time zone.
        """
        if clock().utcoffset() is None:
            raise ValueError("the clock must say times with their time zone")
        if max_bytes < 2 * segment_bytes:
            raise ValueError(f"max_bytes ({max_bytes:,}) must hold at least two segments of {segment_bytes:,} bytes")
        self.folder = folder
        self._clock = clock
        self._failure: LandingError | None = None
        self._is_closed = False
        self._door = threading.Lock()
        self._requests: SimpleQueue[_Request | None] = SimpleQueue()
        self._lock = FolderLock(folder)
        try:
            self._journal = Journal(folder, max_bytes=max_bytes, segment_bytes=segment_bytes)
        except OSError as error:
            self._lock.release()
            raise LandingError(f"The landing zone '{folder}' cannot be opened: {error}.") from error
        self._writer = threading.Thread(target=self._serve, name="landing-zone", daemon=True)
        self._writer.start()

    def append(self, events: Sequence[Event]) -> Receipt:
        """Land events; returns when they are on disk.

        Raises:
            LandingFullError: there is no room. None of these events was written.
            LandingError: the disk failed, or the zone is closed. Send them again later, under the same ids.
        """
        return self._enqueue(events).result()

    async def append_async(self, events: Sequence[Event]) -> Receipt:
        """The same for callers that must not block; cancelling it does not say whether the events have landed."""
        return await asyncio.wrap_future(self._enqueue(events))

    @property
    def failure(self) -> LandingError | None:
        """Why no event lands any more; None while all is well."""
        return self._failure

    def close(self) -> None:
        """Answer those who wait, then let the folder go. Closing twice is harmless."""
        with self._door:
            if self._is_closed:
                return
            self._is_closed = True
            self._requests.put(None)
        self._writer.join()
        self._journal.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _enqueue(self, events: Sequence[Event]) -> Future[Receipt]:
        request = _Request(tuple(events), Future())
        with self._door:
            if self._is_closed:
                raise LandingError(f"The landing zone '{self.folder}' is closed.")
            self._requests.put(request)
        return request.answer

    def _serve(self) -> None:
        while waiting := self._take():
            try:
                self._commit([request for request in waiting if request.answer.set_running_or_notify_cancel()])
            except Exception as error:
                logging.getLogger(__name__).exception("The landing zone has failed.")
                self._failure = LandingError(
                    f"The landing zone '{self.folder}' cannot be written to ({error}), and refuses events until it is "
                    "opened again. Look after the disk, then restart the service."
                )
                for request in waiting:
                    if not request.answer.done():
                        request.answer.set_exception(self._failure)

    def _take(self) -> list[_Request]:
        """All requests that wait, at least one; none when the zone is to be closed."""
        waiting: list[_Request] = []
        request = self._requests.get()
        while request is not None:
            waiting.append(request)
            try:
                request = self._requests.get_nowait()
            except Empty:
                return waiting
        if waiting:
            # First those who came before the end.
            self._requests.put(None)
        return waiting

    def _commit(self, requests: Sequence[_Request]) -> None:
        if self._failure:
            for request in requests:
                request.answer.set_exception(self._failure)
            return
        batch = Batch(self._clock())
        landed = []
        for request in requests:
            fresh = self._journal.unknown(request.events, batch)
            try:
                self._journal.check_room(batch, fresh)
            except LandingFullError as error:
                request.answer.set_exception(error)
            else:
                batch.add(fresh)
                receipt = Receipt(batch.received_at, len(fresh), len(request.events) - len(fresh))
                landed.append((request, receipt))
        self._journal.write(batch)
        for request, receipt in landed:
            request.answer.set_result(receipt)
