"""Most popular: the same ranking for everybody, by purchases. A baseline, and the last resort for unknown customers."""

from dataclasses import dataclass

import numpy as np

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.data.dataset import Flags, Snapshot
from models_py.parts.bucket_average import rank_for_rows, restricted


@dataclass(frozen=True)
class FittedPopularity:
    """Share of all purchases that fell on each product, (products,)."""

    shares: Floats

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """See `Part.propose`."""
        return rank_for_rows(self.shares[None, :], np.zeros(len(customers), np.int32), masked, count)

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """See `Part.score`."""
        return self.shares[pairs.ids]

    def among(self, allowed: Flags) -> "FittedPopularity":
        """See `Part.among`."""
        return FittedPopularity(restricted(self.shares, allowed))


def fit(snapshot: Snapshot, products: int) -> FittedPopularity:
    """Count purchases."""
    purchases = np.bincount(snapshot.purchases.ids, minlength=products)
    return FittedPopularity((purchases / max(purchases.sum(), 1)).astype(np.float32))
