"""How every kernel is compiled, and the one instruction that Python has no word for."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(function: Kernel) -> Kernel:
    """Compile at the first call, release the interpreter lock while running, and keep the result on disk."""
    return cast(Kernel, njit(nogil=True, cache=True)(function))


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(_: Any, array: Any, index: Any) -> Any:
    """Inside a kernel, `prefetch(array, index)` has the processor fetch a cell of a flat array that is needed soon.

    A hint alone: it changes nothing, and an index outside of the array does no harm.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        flag, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        hint = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        call = builder.module.declare_intrinsic("llvm.prefetch", [byte], hint)
        cell = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        to_read, keep, of_data = flag(0), flag(3), flag(1)
        builder.call(call, [cell, to_read, keep, of_data])
        return context.get_dummy_value()

    return types.void(array, index), generate
