"""Follows a release: notices a new one, opens it beside the old one, and swaps without anybody noticing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from glowhouse.errors import GlowhouseError
from glowhouse.release_files import SERVING_FILE
from glowhouse.service.open_release import OpenRelease

logger = logging.getLogger(__name__)

# What tells two releases apart without opening them: inode, time of change, size.
_State = tuple[int, int, int]


class _Lent:
    """An open release and how many are using it; closed by the last of them once it is retired."""

    def __init__(self, release: OpenRelease) -> None:
        self.release = release
        self._users = 0
        self._is_retired = False
        self._lock = threading.Lock()

    def borrow(self) -> bool:
        """Whether it is there to be used; then it stays open until it is given back."""
        with self._lock:
            if self._is_retired:
                return False
            self._users += 1
            return True

    def give_back(self) -> None:
        with self._lock:
            self._users -= 1
            is_last = self._is_retired and not self._users
        if is_last:
            self.release.close()

    def retire(self) -> None:
        """Nobody new gets it."""
        with self._lock:
            is_last = not self._is_retired and not self._users
            self._is_retired = True
        if is_last:
            self.release.close()


class Releases:
    """The release in a folder, always the latest that could be opened.

    Args:
        folder: where `serving.duckdb` lies.
        changed: is told of each release before anybody gets it.
        seconds: between two looks at the folder.

    Raises:
        GlowhouseError: there is no release that can be opened.
    """

    def __init__(
        self, folder: Path, changed: Callable[[OpenRelease], None] = lambda _: None, seconds: float = 0.5
    ) -> None:
        self._file = folder / SERVING_FILE
        self._changed = changed
        self._seconds = seconds
        self._seen = self._state()
        release = OpenRelease.of(folder)
        changed(release)
        self._current = _Lent(release)
        self._stopped = threading.Event()
        self._follower = threading.Thread(target=self._follow, name="releases", daemon=True)

    @contextmanager
    def current(self) -> Iterator[OpenRelease]:
        """The latest release, open as long as the block runs."""
        lent = self._current
        while not lent.borrow():  # it was replaced between these two lines
            lent = self._current
        try:
            yield lent.release
        finally:
            lent.give_back()

    def start(self) -> None:
        """Follow from now on, in a thread."""
        self._follower.start()

    def close(self) -> None:
        """Stop following, and close the release when its last user is done."""
        self._stopped.set()
        if self._follower.is_alive():
            self._follower.join()
        self._current.retire()

    def look(self) -> None:
        """Open the release in the folder if it is another than last time; if that fails, the one before stays."""
        state = self._state()
        if state == self._seen:
            return
        before = self._current
        try:
            release = OpenRelease.of(self._file.parent, before.release)
            self._changed(release)
        except (GlowhouseError, duckdb.Error, OSError, ValueError, LookupError) as error:
            logger.error("The new release cannot be used, the one before stays: %s", error)
        else:
            self._current = _Lent(release)
            before.retire()
            logger.info("Now serving release %s.", release.release_id)
        # Whatever became of it: it is looked at again when it changes again. What was published while this was being
        # opened has another state and is seen at the next look.
        self._seen = state

    def _follow(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self.look()
            except Exception:  # a thread that ends would go on serving the old release for ever, in silence
                logger.exception("Looking for a new release failed; it is tried again.")

    def _state(self) -> _State | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
