"""One writer at a time."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

from glowhouse.landing.disk import make_folder
from glowhouse.landing.errors import LandingError, LandingLockedError

LOCK_FILE: Final = "lock"


class FolderLock:
    """Holds a folder from construction to `release`; the system releases it for a process that dies."""

    def __init__(self, folder: Path) -> None:
        """Takes the lock.

        Raises:
            LandingLockedError: somebody else holds it.
            LandingError: the folder cannot be used.
        """
        try:
            make_folder(folder)
            self._descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise LandingError(f"The landing zone '{folder}' cannot be opened: {error}.") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise LandingLockedError(
                f"Another process writes to the landing zone '{folder}'. Stop that service first; a landing zone has "
                "one writer, and any number of readers."
            ) from error

    def release(self) -> None:
        """Let others have the folder."""
        os.close(self._descriptor)
