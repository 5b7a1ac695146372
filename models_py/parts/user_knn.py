"""User-kNN: what the customers bought who bought the same (Herlocker et al. 1999).

Two sparse products: a customer's fading purchases times their buyers gives the nearest customers; these times their
purchases gives products. A rare product in common says more than a best-seller, and a short list more than a long one.
"""

from dataclasses import dataclass, replace

import numpy as np

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import from_lists, members, score_pairs, top_products
from models_py.data.dataset import Flags, Snapshot
from models_py.parts.item_knn import distinct_purchases
from models_py.parts.part import taste


@dataclass(frozen=True)
class UserKnnConfig:
    """How user-kNN searches.

    Attributes:
        neighbours: similar customers that are asked.
        history: latest purchases of a customer that are looked at.
        decay: each transaction further back counts this much less.
        popularity_power: a product in common counts popularity^-popularity_power.
        length_power: a neighbour with n purchases counts n^-length_power.
    """

    neighbours: int = 100
    history: int = 100
    decay: float = 0.8
    popularity_power: float = 0.5
    length_power: float = 0.5


@dataclass(frozen=True)
class FittedUserKnn:
    """Who bought what.

    Attributes:
        buyers: products x customers, how much a purchase in common counts.
        purchases: customers x products, all 1.
        products: size of the catalogue.
    """

    buyers: Ragged
    purchases: Ragged
    products: int
    config: UserKnnConfig

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """See `Part.propose`. Nothing that the customer bought: everybody is their own nearest neighbour."""
        silent = masked.joined(customers.purchases)
        return top_products(self._similar(customers), self.purchases, silent, self.products, count)

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """See `Part.score`; 0 for what the customer bought."""
        scores = score_pairs(self._similar(customers), self.purchases, pairs, self.products)[0]
        scores[members(pairs, customers.purchases)] = 0
        return scores

    def among(self, allowed: Flags) -> "FittedUserKnn":
        """See `Part.among`. Customers stay similar by products that are no longer allowed."""
        return replace(
            self,
            buyers=self.buyers.padded(max(len(self.buyers), len(allowed))),
            purchases=self.purchases.where(allowed[self.purchases.ids]),
            products=len(allowed),
        )

    def _similar(self, customers: Snapshot) -> Ragged:
        query = taste(customers, self.config.decay, self.config.history)
        nobody = Ragged.empty(len(query))
        return from_lists(*top_products(query, self.buyers, nobody, len(self.purchases), self.config.neighbours))


def fit(snapshot: Snapshot, products: int, config: UserKnnConfig) -> FittedUserKnn:
    """Index who bought what."""
    bought = distinct_purchases(snapshot.history(config.history))
    popularity = np.bincount(bought.ids, minlength=products)
    length = np.maximum(bought.lengths, 1).astype(np.float64)[bought.row_of_entry()]
    closeness = popularity[bought.ids].astype(np.float64) ** -config.popularity_power * length**-config.length_power
    return FittedUserKnn(bought.with_values(closeness).transposed(products), bought.with_values(1.0), products, config)
