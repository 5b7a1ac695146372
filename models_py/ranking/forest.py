"""Boosted trees in flat arrays: quick to ask, and able to say what each feature added.

LightGBM grows the trees; asking its library takes fifteen times longer than this. **Margins** follow QuickScorer
(Lucchese et al. 2015; with vector instructions 2016): no tree is walked. Every split that a row fails strikes out the
leaves on its left, and the leftmost leaf that remains is the row's. The loop has no branch, so that the processor asks
many rows at once. Margins equal LightGBM's to the last bit.

**Credits** are what each feature adds along the paths (Saabas 2014): walking down a tree, the expected value changes at
every split, and the change is credited to the feature that was asked. Changes add up to the margin less its mean.
TreeSHAP averages over all orders of asking and costs a hundred times more.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models_py.arrays.parallel import over_rows
from models_py.arrays.ragged import Floats, Ints
from models_py.ranking import forest_kernels

Doubles = npt.NDArray[np.float64]
# The leaves of a tree are the bits of one number.
MOST_LEAVES: Final = 32


@dataclass(frozen=True)
class Forest:
    """Splits of all trees in flat arrays; a child below 0 is leaf -child - 1 of its tree, counted from the left.

    Attributes:
        roots, leaves: (trees + 1,) where each tree's splits and leaves start.
        feature, threshold, default_left, left, right, split_value: one entry a split; up to the threshold goes left.
        reachable: (splits,) bit set of the leaves that remain when a row goes right.
        leaf_value: one entry a leaf.
    """

    roots: Ints
    leaves: Ints
    feature: Ints
    threshold: Floats
    default_left: npt.NDArray[np.bool_]
    left: Ints
    right: Ints
    split_value: Doubles
    reachable: npt.NDArray[np.uint32]
    leaf_value: Doubles

    @classmethod
    def parsed(cls, text: str) -> "Forest":
        """Read LightGBM's text of numerical trees.

        Raises:
            ValueError: a tree has more than `MOST_LEAVES` leaves.
        """
        trees = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in _blocks(text)]
        trees = [tree for tree in trees if int(tree["num_leaves"]) > 1]
        if any(int(tree["num_leaves"]) > MOST_LEAVES for tree in trees):
            raise ValueError(f"trees of more than {MOST_LEAVES} leaves cannot be asked")
        shapes = [_Shape.of(_numbers(tree["left_child"]), _numbers(tree["right_child"])) for tree in trees]

        def column(name: str) -> Doubles:
            return np.concatenate([np.zeros(0), *(np.array(tree[name].split(), np.float64) for tree in trees)])

        leaves = np.cumsum([0, *(len(shape.order) for shape in shapes)])
        missing = column("decision_type").astype(np.int64)
        order = np.concatenate([[], *(first + shape.order for first, shape in zip(leaves, shapes, strict=False))])
        return cls(
            roots=(leaves - np.arange(len(leaves))).astype(np.int32),
            leaves=leaves.astype(np.int32),
            feature=column("split_feature").astype(np.int32),
            threshold=_rounded_down(column("threshold")),
            # Bit 1 sends missing values left; without missing values in training (bits 2 and 3) they count as 0.
            default_left=np.where(missing & 12 > 0, missing & 2 > 0, column("threshold") >= 0),
            left=np.concatenate([np.zeros(0, np.int32), *(shape.left for shape in shapes)]),
            right=np.concatenate([np.zeros(0, np.int32), *(shape.right for shape in shapes)]),
            split_value=column("internal_value"),
            reachable=np.concatenate([np.zeros(0, np.uint32), *(shape.reachable for shape in shapes)]),
            leaf_value=column("leaf_value")[order.astype(np.int64)],
        )

    def margins(self, values: Floats) -> Doubles:
        """(rows,) sum of the leaves that each row of features falls into. Quickest on contiguous columns."""
        margins = np.zeros(len(values))
        over_rows(
            forest_kernels.margin_rows, len(values), np.ascontiguousarray(values.T), self.roots, self.leaves,
            self.feature, self.threshold, self.default_left, self.reachable, self.leaf_value, margins,
        )  # fmt: skip
        return margins

    def credits(self, values: Floats) -> Doubles:
        """(rows, features) what each feature adds to the margin of each row."""
        credits = np.zeros(values.shape)
        over_rows(
            forest_kernels.credit_rows, len(values), np.ascontiguousarray(values), self.roots, self.leaves,
            self.feature, self.threshold, self.default_left, self.left, self.right, self.split_value,
            self.leaf_value, credits,
        )  # fmt: skip
        return credits


@dataclass(frozen=True)
class _Shape:
    """One tree with its leaves counted from the left.

    Attributes:
        order: (leaves,) LightGBM's number of each leaf.
        left, right, reachable: as in `Forest`.
    """

    order: Ints
    left: Ints
    right: Ints
    reachable: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, left: Ints, right: Ints) -> "_Shape":
        order: list[int] = []
        reachable = np.zeros(len(left), np.uint32)

        def walk(node: int) -> int:
            """Count the leaves below; returns their bits."""
            if node < 0:
                order.append(-node - 1)
                return 1 << (len(order) - 1)
            on_left = walk(int(left[node]))
            reachable[node] = ~np.uint32(on_left)
            return on_left | walk(int(right[node]))

        walk(0)
        place = np.empty(len(order), np.int32)
        place[order] = np.arange(len(order))
        left, right = (np.where(child < 0, ~place[~np.minimum(child, -1)], child) for child in (left, right))
        return cls(np.array(order, np.int32), left.astype(np.int32), right.astype(np.int32), reachable)


def _rounded_down(thresholds: Doubles) -> Floats:
    """The largest float32 not above each: features are float32, so that they compare with it as with the double."""
    nearest = thresholds.astype(np.float32)
    return np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)


def _numbers(text: str) -> Ints:
    return np.array(text.split(), np.int32)


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.lstrip().startswith("Tree=")]
