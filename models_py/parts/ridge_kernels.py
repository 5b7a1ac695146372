"""The compiled inner loop of `sparse_linear.py`: one small ridge regression a product."""

import numpy as np
import numpy.typing as npt

from models_py.arrays.compiled import compiled
from models_py.arrays.ragged import Floats, Ints

Longs = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@compiled
def _solve(gram: Doubles, right: Doubles, least_pivot: float) -> None:
    """Solve `gram @ x = right` in place by Cholesky's method; `right` becomes x, of `gram` the upper triangle is used.

    No pivot of a Gram matrix plus a penalty is below the penalty. Where a Gram matrix lacks entries one may be: raising
    it then keeps the solution finite. Written row by row, so that the inner loops run over contiguous memory.
    """
    size = len(right)
    for i in range(size):
        upper = gram[i]
        root = np.sqrt(max(upper[i], least_pivot))
        for k in range(i, size):
            upper[k] /= root
        right[i] /= root
        for j in range(i + 1, size):
            factor = upper[j]
            if factor != 0.0:
                lower = gram[j]
                for k in range(j, size):
                    lower[k] -= factor * upper[k]
                right[j] -= factor * right[i]
    for i in range(size - 1, -1, -1):
        total = right[i]
        for j in range(i + 1, size):
            total -= gram[i, j] * right[j]
        right[i] = total / gram[i, i]


@compiled
def ridge_rows(
    start: int,
    stop: int,
    ptr: Longs,
    companions: Ints,
    together: Floats,
    buyers: Floats,
    regressors: int,
    penalty: float,
    weights: Floats,
) -> None:
    """Regress each product's purchases on those of its first companions. See `sparse_linear.fit`.

    Args:
        ptr, companions, together: products x products, how many customers bought both; best companions first.
        buyers: (products,) customers who bought each.
        regressors: companions of each product that are used.
        weights: (products, regressors) result, in the order of the companions.
    """
    slot = np.full(len(buyers), -1, np.int64)
    for product in range(start, stop):
        first = ptr[product]
        size = min(ptr[product + 1] - first, regressors)
        gram = np.zeros((size, size), np.float64)
        right = np.empty(size, np.float64)
        for i in range(size):
            slot[companions[first + i]] = i
            right[i] = together[first + i]
        for i in range(size):
            companion = companions[first + i]
            gram[i, i] = buyers[companion] + penalty
            for entry in range(ptr[companion], ptr[companion + 1]):
                j = slot[companions[entry]]
                # A pair may be listed with either product only.
                if j >= 0:
                    gram[min(i, j), max(i, j)] = together[entry]
        for i in range(size):
            slot[companions[first + i]] = -1
        _solve(gram, right, penalty)
        for i in range(size):
            weights[product, i] = right[i]
