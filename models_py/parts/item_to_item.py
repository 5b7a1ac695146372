"""Order-aware item-to-item collaborative filtering.

What was bought soon after what, over all customers: a pair of purchases d transactions apart counts d^-power forwards
and a share of that backwards. Dividing by powers of both popularities keeps best-sellers from being everybody's
companion (Deshpande & Karypis 2004), the added constant shrinks pairs seen once or twice towards zero. Where the order
of purchases means nothing, all pairs of a history count alike.
"""

from dataclasses import dataclass

import numpy as np

from models_py.arrays.ragged import Floats, Ragged
from models_py.arrays.scoring import cooccurrence_neighbours
from models_py.data.dataset import Snapshot
from models_py.parts.part import NeighbourPart, taste


@dataclass(frozen=True)
class ItemToItemConfig:
    """How item-to-item counts and scores.

    Attributes:
        neighbours: companions kept for each product.
        history: latest purchases of a customer that are looked at.
        distance_power: a pair d transactions apart weighs d^-distance_power.
        farthest: pairs farther apart than this weigh as if this far.
        backward: weight of a companion bought earlier, as a share of one bought later.
        source_power, companion_power: powers of the popularities that a pair is divided by.
        shrinkage: added to the divisor.
        decay: each transaction further back counts this much less.
    """

    neighbours: int = 200
    history: int = 100
    distance_power: float = 0.5
    farthest: int = 100
    backward: float = 0.3
    source_power: float = 0.7
    companion_power: float = 0.3
    shrinkage: float = 20.0
    decay: float = 0.7


@dataclass(frozen=True)
class FittedItemToItem(NeighbourPart):
    """Companions of each product."""

    config: ItemToItemConfig

    def query(self, customers: Snapshot) -> Ragged:
        """Purchases, fading with each transaction that followed."""
        return taste(customers, self.config.decay, self.config.history)


def fit(snapshot: Snapshot, products: int, config: ItemToItemConfig) -> FittedItemToItem:
    """Count ordered pairs in `snapshot.purchases` and keep each product's best companions."""
    histories = snapshot.history(config.history)
    weights = distance_weights(config) if snapshot.is_ordered else (np.ones(1, np.float32), np.ones(1, np.float32))
    popularity = np.bincount(histories.ids, minlength=products)
    neighbours = cooccurrence_neighbours(
        histories,
        histories.values.astype(np.int32),
        np.ones(len(histories), np.float32),
        *weights,
        row_norm=popularity.astype(np.float32) ** np.float32(config.source_power),
        column_norm=popularity.astype(np.float32) ** np.float32(config.companion_power),
        shrinkage=config.shrinkage,
        count=config.neighbours,
    )
    return FittedItemToItem(neighbours, products, config)


def distance_weights(config: ItemToItemConfig) -> tuple[Floats, Floats]:
    """Weights by distance, forwards and backwards. One basket (distance 0) has no direction: the mean of both."""
    distance = np.arange(1, config.farthest + 1, dtype=np.float64) ** -config.distance_power
    basket = (1 + config.backward) / 2
    forward = np.concatenate([[basket], distance])
    backward = np.concatenate([[basket], distance * config.backward])
    return forward.astype(np.float32), backward.astype(np.float32)
