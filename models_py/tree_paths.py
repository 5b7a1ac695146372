"""What each feature adds along the paths of boosted trees (Saabas 2014).

Walking down a tree, the expected value changes at every split; the change is credited to the feature that was asked.
Changes add up to the margin less its mean. TreeSHAP averages over all orders of asking and costs a hundred times more.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_py import kernels
from models_py.parallel import over_rows
from models_py.ragged import Floats, Ints

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TreePaths:
    """Splits of all trees in flat arrays; a child below 0 is leaf -child - 1 of its tree.

    Attributes:
        roots, leaves: (trees + 1,) where each tree's splits and leaves start.
        feature, threshold, default_left, left, right, value: one entry a split.
        leaf_value: one entry a leaf.
    """

    roots: Ints
    leaves: Ints
    feature: Ints
    threshold: Doubles
    default_left: npt.NDArray[np.bool_]
    left: Ints
    right: Ints
    value: Doubles
    leaf_value: Doubles

    @classmethod
    def parsed(cls, text: str) -> "TreePaths":
        """Read LightGBM's text of numerical trees."""
        trees = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in _blocks(text)]
        trees = [tree for tree in trees if int(tree["num_leaves"]) > 1]

        def column(name: str) -> Doubles:
            texts = [np.array(tree[name].split(), np.float64) for tree in trees]
            return np.concatenate(texts) if texts else np.zeros(0)

        leaves = np.cumsum([0, *(int(tree["num_leaves"]) for tree in trees)])
        return cls(
            roots=(leaves - np.arange(len(leaves))).astype(np.int32),
            leaves=leaves.astype(np.int32),
            feature=column("split_feature").astype(np.int32),
            threshold=column("threshold"),
            # Bit 1 sends missing values left; without missing values in training (bits 2 and 3) they count as 0.
            default_left=np.where(
                column("decision_type").astype(np.int64) & 12 > 0,
                column("decision_type").astype(np.int64) & 2 > 0,
                column("threshold") >= 0,
            ),
            left=column("left_child").astype(np.int32),
            right=column("right_child").astype(np.int32),
            value=column("internal_value"),
            leaf_value=column("leaf_value"),
        )

    def credits(self, values: Floats) -> Doubles:
        """(rows, features) what each feature adds to the margin of each row."""
        out = np.zeros(values.shape)
        over_rows(
            kernels.tree_rows, len(values), np.ascontiguousarray(values), self.roots, self.leaves, self.feature,
            self.threshold, self.default_left, self.left, self.right, self.value, self.leaf_value, out,
        )  # fmt: skip
        return out


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.lstrip().startswith("Tree=")]
