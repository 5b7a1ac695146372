"""Two steps: companions of products that are similar to what a customer bought.

They reach customers whose own purchases were seldom sold. It is the product of two neighbour lists, computed once.
"""

from dataclasses import dataclass

import numpy as np

from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import from_lists, top_products
from models_py.data.dataset import Snapshot
from models_py.parts.part import NeighbourPart, taste


@dataclass(frozen=True)
class TwoStepConfig:
    """How two steps are taken.

    Attributes:
        first: neighbours that the first step leads to, the best ones, together worth 1.
        neighbours: products kept for each product after the second step.
        history: latest purchases of a customer that are looked at.
        decay: each transaction further back counts this much less.
    """

    first: int = 20
    neighbours: int = 300
    history: int = 100
    decay: float = 0.7


@dataclass(frozen=True)
class FittedTwoStep(NeighbourPart):
    """The products two steps away from each product."""

    config: TwoStepConfig

    def query(self, customers: Snapshot) -> Ragged:
        """Purchases, fading with each transaction that followed."""
        return taste(customers, self.config.decay, self.config.history)


def fit(first: NeighbourPart, second: NeighbourPart, config: TwoStepConfig) -> FittedTwoStep:
    """Multiply the best neighbours of `first` with those of `second`; no product leads back to itself."""
    products = len(second.neighbours)
    steps = _shares(_best(first.neighbours, config.first))
    every = np.arange(products)
    itself = Ragged.from_pairs(every, every, 1.0, products)
    found = top_products(steps, second.neighbours, itself, second.products, config.neighbours)
    return FittedTwoStep(from_lists(*found), second.products, config)


def _best(neighbours: Ragged, count: int) -> Ragged:
    """The first `count` of each row: neighbours are kept best first."""
    place = np.arange(len(neighbours.ids)) - np.repeat(neighbours.ptr[:-1], neighbours.lengths)
    return neighbours.where(place < count)


def _shares(rows: Ragged) -> Ragged:
    total = np.bincount(rows.row_of_entry(), weights=rows.values, minlength=len(rows))
    return rows.with_values(rows.values / np.maximum(total, 1e-9)[rows.row_of_entry()])
