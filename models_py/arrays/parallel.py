"""Run a compiled kernel over ranges of rows on several threads.

Kernels release the interpreter lock and write to rows of their own, so that no result depends on how the rows were
divided. A pool of plain threads rather than numba's own: its default threading layer aborts the process when two Python
threads enter it at once, which dbt's do.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS_VARIABLE = "GLOWHOUSE_THREADS"
RANGES_PER_THREAD = 8


def thread_count() -> int:
    """Threads to use: the environment's `GLOWHOUSE_THREADS`, else all processors."""
    return max(1, int(os.environ.get(THREADS_VARIABLE) or os.cpu_count() or 1))


def in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """`work(item)` of each item, in the order of the items, a few of them at a time.

    For work of which kernels are only a part: while one item waits for the interpreter, the kernels of another run.
    """
    if (threads := thread_count()) == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, items)


def over_rows(kernel: Callable[..., None], rows: int, *arguments: object) -> None:
    """Call `kernel(start, stop, *arguments)` for ranges that together cover `0..rows`.

    Several ranges a thread, because rows differ in cost (popular products, long histories).
    """
    threads = thread_count()
    ranges = min(rows, threads * RANGES_PER_THREAD) if threads > 1 else min(rows, 1)
    if ranges == 0:
        return
    bounds = [rows * i // ranges for i in range(ranges + 1)]
    if ranges == 1:
        kernel(0, rows, *arguments)
        return
    with ThreadPoolExecutor(threads) as pool:
        jobs = [pool.submit(kernel, start, stop, *arguments) for start, stop in pairwise(bounds)]
        for job in jobs:
            job.result()
