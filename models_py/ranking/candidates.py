"""Candidates: the products worth ranking for each customer, and what every part thinks of them.

Each part proposes its best; the union, as one flat table of (customer, product) rows with a score column a part, is
what rankers read. What no part proposes is not ranked: the union's recall is the ceiling of the hybrid.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import union
from models_py.data.dataset import Snapshot
from models_py.parts.part import Part


@dataclass(frozen=True)
class Candidates:
    """Flat table of candidates.

    Attributes:
        pairs: customers x products, products rising.
        parts: names of the parts, sorted: the columns of `scores`.
        scores: (pairs, parts) float32, at least 0; 0 where a part has nothing to say.
    """

    pairs: Ragged
    parts: tuple[str, ...]
    scores: Floats

    def rows(self, customers: npt.NDArray[np.int64]) -> "Candidates":
        """The candidates of some customers, whose positions must rise."""
        wanted = np.zeros(len(self.pairs), np.bool_)
        wanted[customers] = True
        return Candidates(self.pairs.take(customers), self.parts, self.scores[wanted[self.pairs.row_of_entry()]])


@dataclass(frozen=True)
class Judgement:
    """What a ranker makes of a candidate table.

    Attributes:
        scores: (pairs,) the higher the better.
        contributions: of some entries of the table, (entries, parts), how much each part speaks for each; they add up
            to the score. Called for the few candidates that are shown: explaining costs more than scoring.
    """

    scores: Floats
    contributions: Callable[[npt.NDArray[np.int64]], Floats]


def generate(parts: Mapping[str, Part], customers: Snapshot, masked: Ragged, per_part: int) -> Candidates:
    """Unite the `per_part` best products of every part and let every part score them all.

    Args:
        parts: fitted parts by name.
        customers: whom to propose to.
        masked: customers x products that must not become candidates.
        per_part: products that each part proposes to each customer.
    """
    return scored(parts, customers, proposals(parts, customers, masked, per_part))


def proposals(parts: Mapping[str, Part], customers: Snapshot, masked: Ragged, per_part: int) -> Ragged:
    """Customers x products: the `per_part` best of every part. See `generate`."""
    return union(np.stack([ids for ids, _ in proposed(parts, customers, masked, per_part).values()]))


def proposed(
    parts: Mapping[str, Part], customers: Snapshot, masked: Ragged, per_part: int
) -> dict[str, tuple[Ints, Floats]]:
    """The `per_part` best products of every part, by the part's name, sorted. See `Part.propose`."""
    return {name: parts[name].propose(customers, masked, per_part) for name in sorted(parts)}


def scored(parts: Mapping[str, Part], customers: Snapshot, pairs: Ragged) -> Candidates:
    """What every part thinks of each of the pairs."""
    names = tuple(sorted(parts))
    return Candidates(pairs, names, np.column_stack([parts[name].score(customers, pairs) for name in names]))
