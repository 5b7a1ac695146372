"""Threads, apart for what is quick and what is not, so that a lookup never waits for a model.

Quick questions are queued without limit: each takes milliseconds. Questions to the model take long, so only so many
may wait; who comes beyond that is told at once to come back later, which is kinder than a timeout.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class BusyError(Exception):
    """More work is waiting than can be done soon."""


class Workers:
    """Some threads and the work that waits for them.

    Args:
        name: of the threads, for debuggers and profilers.
        threads: how many work at once.
        most_waiting: how much work is accepted beyond that; None for any amount.
    """

    def __init__(self, name: str, threads: int, most_waiting: int | None = None) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = None if most_waiting is None else threads + most_waiting
        self._accepted = 0

    async def run(self, work: Callable[[], T]) -> T:
        """The result of the work. To be awaited on one event loop only: what is accepted is counted there.

        Raises:
            BusyError: too much is waiting already.
        """
        if self._most is not None and self._accepted >= self._most:
            raise BusyError
        self._accepted += 1
        # The count goes with the work, not with who waits for it: a client that hangs up does not free a thread.
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def close(self) -> None:
        """Wait for what was accepted."""
        self._executor.shutdown(wait=True)

    def _done(self, _: object) -> None:
        self._accepted -= 1
