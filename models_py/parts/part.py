"""What a part of the hybrid is: something that proposes products to customers and can score any pair."""

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import score_pairs, top_products
from models_py.data.dataset import Flags, Snapshot

# What a purchase counts by the stars that the customer gave it, 1 to 5.
RATING_WEIGHTS = (-0.5, -0.2, 0.9, 1.0, 1.1)


class Part(Protocol):
    """A fitted part. Scores are at least 0; 0 means that the part has nothing to say."""

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """The part's best `count` products for each customer, none of them masked.

        Returns:
            ids (customers, count) filled up with -1, and scores (customers, count) filled up with 0.
        """
        ...

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """The part's score for each (customer, product) in `pairs`."""
        ...

    def among(self, allowed: Flags) -> Self:
        """The same part, silent about products that are not allowed.

        Args:
            allowed: (products,) of the catalogue that is asked about, which may have grown since the fit.
        """
        ...


@dataclass(frozen=True)
class NeighbourPart:
    """A part that scores by `query(customers) @ neighbours`.

    Attributes:
        neighbours: sources x products.
        products: size of the catalogue.
    """

    neighbours: Ragged
    products: int

    def query(self, customers: Snapshot) -> Ragged:
        """What is asked of `neighbours` for each customer: rows of it, with weights."""
        raise NotImplementedError

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """See `Part.propose`."""
        return top_products(self.query(customers), self.neighbours, masked, self.products, count)

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """See `Part.score`. What speaks against a product outweighs what speaks for it at most down to silence."""
        scores: Floats = np.maximum(score_pairs(self.query(customers), self.neighbours, pairs, self.products)[0], 0)
        return scores

    def evidence(self, customers: Snapshot, pairs: Ragged) -> Ints:
        """For each pair, the source (row of `neighbours`) that contributed most to its score; -1 for none."""
        return score_pairs(self.query(customers), self.neighbours, pairs, self.products, with_evidence=True)[1]

    def among(self, allowed: Flags) -> Self:
        """See `Part.among`. Products that were added after the fit have no neighbours yet."""
        rows = max(len(self.neighbours), len(allowed))
        return replace(
            self, neighbours=self.neighbours.where(allowed[self.neighbours.ids]).padded(rows), products=len(allowed)
        )


@dataclass(frozen=True)
class DirectPart:
    """A part that holds an opinion of a few products for each customer, and knows nothing of their neighbours.

    Attributes:
        allowed: (products,) what it may speak of.
    """

    allowed: Flags

    def estimates(self, customers: Snapshot) -> Ragged:
        """Products and their scores, above 0, for each customer, whether allowed or not; a product once a row."""
        raise NotImplementedError

    def opinions(self, customers: Snapshot) -> Ragged:
        """The estimates for allowed products."""
        every = self.estimates(customers)
        return every.where(self.allowed[every.ids])

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """See `Part.propose`."""
        return top_products(self.opinions(customers), self._itself(), masked, len(self.allowed), count)

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """See `Part.score`."""
        return score_pairs(self.opinions(customers), self._itself(), pairs, len(self.allowed))[0]

    def among(self, allowed: Flags) -> Self:
        """See `Part.among`."""
        return replace(self, allowed=allowed)

    def _itself(self) -> Ragged:
        """Each product points at itself."""
        every = np.arange(len(self.allowed))
        return Ragged.from_pairs(every, every, 1.0, len(self.allowed))


def recency_weights(customers: Snapshot, decay: float, history: int) -> Ragged:
    """The latest purchases with weight decay^age, the age counted in transactions since; all alike without an order."""
    purchases = customers.history(history)
    if not customers.is_ordered:
        return purchases.with_values(1.0)
    latest = np.zeros(len(purchases), np.float32)
    filled = purchases.lengths > 0
    latest[filled] = purchases.values[purchases.ptr[1:][filled] - 1]
    age = np.repeat(latest, purchases.lengths) - purchases.values
    return purchases.with_values(np.float64(decay) ** age)


def taste(customers: Snapshot, decay: float, history: int) -> Ragged:
    """What purchases say about a customer: the latest say most, as `recency_weights`; those disliked say the opposite.

    A purchase counts as its rating by this customer, between the `RATING_WEIGHTS` of whole stars, or 1 without rating.
    """
    fading = recency_weights(customers, decay, history)
    rated, bought = customers.ratings.pairs(), fading.pairs()
    place = np.minimum(np.searchsorted(rated, bought), max(len(rated) - 1, 0))
    weight = np.ones(len(bought))
    if len(rated):
        stars = customers.ratings.values[place]
        weight = np.where(rated[place] == bought, np.interp(stars, range(1, 6), RATING_WEIGHTS), 1.0)
    return fading.with_values(fading.values * weight)
