"""How every kernel is compiled."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """Compile at the first call, release the interpreter lock while running, and keep the result on disk."""
    return cast(Kernel, njit(nogil=True, cache=True)(function))
