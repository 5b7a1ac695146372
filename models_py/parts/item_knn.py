"""Item-kNN: symmetric cosine similarity between products (Sarwar et al. 2001). A baseline."""

from dataclasses import dataclass

import numpy as np

from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import cooccurrence_neighbours, latest_of_each
from models_py.data.dataset import Snapshot
from models_py.parts.part import NeighbourPart, recency_weights


@dataclass(frozen=True)
class ItemKnnConfig:
    """How item-kNN counts and scores.

    Attributes:
        neighbours: companions kept for each product.
        history: latest purchases of a customer that are looked at.
        shrinkage: added to the cosine's divisor.
        length_power: a customer with n purchases counts n^-length_power: long histories say less about each pair.
        decay: each transaction further back counts this much less; 1 ignores recency.
    """

    neighbours: int = 300
    history: int = 100
    shrinkage: float = 0.0
    length_power: float = 0.0
    decay: float = 1.0


@dataclass(frozen=True)
class FittedItemKnn(NeighbourPart):
    """The products most similar to each product."""

    config: ItemKnnConfig

    def query(self, customers: Snapshot) -> Ragged:
        """Purchases, all alike or fading, as configured."""
        return recency_weights(customers, self.config.decay, self.config.history)


def fit(snapshot: Snapshot, products: int, config: ItemKnnConfig) -> FittedItemKnn:
    """Cosine between the sets of customers that bought each product."""
    bought = distinct_purchases(snapshot.history(config.history))
    weight = np.maximum(bought.lengths, 1).astype(np.float64) ** -config.length_power
    popularity = np.bincount(bought.ids, weights=weight[bought.row_of_entry()], minlength=products)
    everywhere = np.ones(1, np.float32)
    root = np.sqrt(popularity).astype(np.float32)
    neighbours = cooccurrence_neighbours(
        bought,
        np.zeros(len(bought.ids), np.int32),
        weight.astype(np.float32),
        forward=everywhere,
        backward=everywhere,
        row_norm=root,
        column_norm=root,
        shrinkage=config.shrinkage,
        count=config.neighbours,
    )
    return FittedItemKnn(neighbours, products, config)


def distinct_purchases(purchases: Ragged) -> Ragged:
    """Each product once a customer, at its latest place."""
    return purchases.where(latest_of_each(purchases))
