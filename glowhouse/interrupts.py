"""Ctrl-C at the right moment: what must not be left half-done is finished first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Holds Ctrl-C back, except inside `welcome()`. Outside the main thread, where no signal arrives, does nothing."""

    def __init__(self) -> None:
        self._is_welcome = False
        self._is_pending = False

    def __enter__(self) -> Interrupts:
        self._is_main = threading.current_thread() is threading.main_thread()
        if self._is_main:
            self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_main:
            signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def welcome(self) -> Iterator[None]:
        """Work that may be interrupted at any point.

        Raises:
            KeyboardInterrupt: at once if Ctrl-C was pressed before, else when it is pressed.
        """
        if self._is_pending:
            raise KeyboardInterrupt
        self._is_welcome = True
        try:
            yield
        finally:
            self._is_welcome = False

    def _interrupted(self, _: int, __: FrameType | None) -> None:
        self._is_pending = True
        if self._is_welcome:
            raise KeyboardInterrupt
