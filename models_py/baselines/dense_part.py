"""A part that scores every product for every customer: models whose scores are dense, such as matrix factorisation."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import top_of_dense
from models_py.data.dataset import Flags, Snapshot

# Customers scored at once: with 50,000 products a block takes 200 MB.
BLOCK = 1024


@dataclass(frozen=True)
class DensePart:
    """A part whose scores are a dense matrix, made a block of customers at a time.

    Attributes:
        allowed: (products,) what it may speak of; products added after the fit are silent.
    """

    allowed: Flags

    def scores(self, customers: Snapshot) -> Floats:
        """(customers, products known at the fit), any real number."""
        raise NotImplementedError

    def propose(self, customers: Snapshot, masked: Ragged, count: int) -> tuple[Ints, Floats]:
        """See `Part.propose`."""
        ids = np.empty((len(customers), count), np.int32)
        best = np.empty((len(customers), count), np.float32)
        for rows, scores in self._blocks(customers):
            ids[rows], best[rows] = top_of_dense(scores, masked.take(rows), count)
        return ids, best

    def score(self, customers: Snapshot, pairs: Ragged) -> Floats:
        """See `Part.score`."""
        pieces = [np.zeros(0, np.float32)]
        for rows, scores in self._blocks(customers):
            wanted = pairs.take(rows)
            pieces.append(np.maximum(scores[wanted.row_of_entry(), wanted.ids], 0.0))
        return np.concatenate(pieces)

    def among(self, allowed: Flags) -> Self:
        """See `Part.among`."""
        return replace(self, allowed=allowed)

    def _blocks(self, customers: Snapshot) -> Iterator[tuple[npt.NDArray[np.int64], Floats]]:
        """Rows and their scores for today's catalogue, 0 for products that are not allowed."""
        for start in range(0, len(customers), BLOCK):
            rows = np.arange(start, min(start + BLOCK, len(customers)))
            scores = self.scores(customers.rows(rows))
            known = min(scores.shape[1], len(self.allowed))
            widened: Floats = np.zeros((len(rows), len(self.allowed)), np.float32)
            widened[:, :known] = np.where(self.allowed[:known], scores[:, :known], 0.0)
            yield rows, widened
