"""The compiled inner loops over boosted trees. See `forest.py`. Each works on rows start..stop only."""

import numpy as np
import numpy.typing as npt

from models_py.arrays.compiled import compiled
from models_py.arrays.ragged import Floats, Ints

# Rows looked at together: their values of one feature and their leaf sets stay in the nearest cache.
_BLOCK = 256
_EVERY_LEAF = np.uint32(0xFFFFFFFF)
# Place of the only bit of a number, found by a de Bruijn product (Leiserson, Prokop & Randall 1998).
_DE_BRUIJN = np.uint32(0x077CB531)
_PLACE = np.array(
    [0, 1, 28, 2, 29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4, 8,
     31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6, 11, 5, 10, 9],
    np.int32,
)  # fmt: skip


@compiled
def margin_rows(
    start: int,
    stop: int,
    columns: Floats,
    roots: Ints,
    leaves: Ints,
    feature: Ints,
    threshold: Floats,
    default_left: npt.NDArray[np.bool_],
    reachable: npt.NDArray[np.uint32],
    leaf_value: npt.NDArray[np.float64],
    margins: npt.NDArray[np.float64],
) -> None:
    """Sum each row's leaf values, tree by tree. See `forest.Forest.margins`."""
    alive = np.empty(_BLOCK, np.uint32)
    for first in range(start, stop, _BLOCK):
        size = min(_BLOCK, stop - first)
        for tree in range(len(roots) - 1):
            alive[:] = _EVERY_LEAF
            for split in range(roots[tree], roots[tree + 1]):
                asked = columns[feature[split], first : first + size]
                limit, kept = threshold[split], reachable[split]
                # No branch in either loop, so that they vectorise; they differ in where a missing value goes.
                if default_left[split]:
                    for i in range(size):
                        alive[i] &= kept if asked[i] > limit else _EVERY_LEAF
                else:
                    for i in range(size):
                        alive[i] &= _EVERY_LEAF if asked[i] <= limit else kept
            for i in range(size):
                leftmost = np.uint32(alive[i] & (~alive[i] + np.uint32(1)))
                leaf = _PLACE[np.uint32(leftmost * _DE_BRUIJN) >> np.uint32(27)]
                margins[first + i] += leaf_value[leaves[tree] + leaf]


@compiled
def credit_rows(
    start: int,
    stop: int,
    values: Floats,
    roots: Ints,
    leaves: Ints,
    feature: Ints,
    threshold: Floats,
    default_left: npt.NDArray[np.bool_],
    left: Ints,
    right: Ints,
    split_value: npt.NDArray[np.float64],
    leaf_value: npt.NDArray[np.float64],
    credits: npt.NDArray[np.float64],
) -> None:
    """Walk every tree, crediting each change of value to the feature asked. See `forest.Forest.credits`."""
    for row in range(start, stop):
        for tree in range(len(roots) - 1):
            node = 0
            while node >= 0:
                split = roots[tree] + node
                asked = values[row, feature[split]]
                goes_left = default_left[split] if np.isnan(asked) else asked <= threshold[split]
                node = left[split] if goes_left else right[split]
                after = split_value[roots[tree] + node] if node >= 0 else leaf_value[leaves[tree] - node - 1]
                credits[row, feature[split]] += after - split_value[split]
