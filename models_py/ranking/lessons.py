"""What the learned ranker learns from: customers, their candidates, and which of these they bought next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models_py.arrays.parallel import in_threads
from models_py.arrays.ragged import Floats, Ragged
from models_py.arrays.scoring import members, places, target_ranks
from models_py.data.dataset import Flags, Snapshot
from models_py.ranking.candidates import Candidates, proposals, scored
from models_py.ranking.features import FeatureSource
from models_py.ranking.lambdamart import LambdaMartConfig, cut, features_after_cut
from models_py.ranking.linear_ranker import LinearRanker
from models_py.ranking.metrics import ndcg

Positions = npt.NDArray[np.int64]
# Customers whose candidates are looked at together: bounds memory.
BLOCK = 2048


@dataclass(frozen=True)
class Lesson:
    """Something to learn from: parts, and customers with targets that the parts have not seen.

    Attributes:
        rows: positions of the customers asked about, who have purchases and targets; rising.
    """

    source: FeatureSource
    customers: Snapshot
    rows: Positions


@dataclass(frozen=True)
class Examples:
    """Candidates, grouped by customer.

    Attributes:
        values: (rows, features).
        is_target: (rows,).
        blend: (rows,) scores of the linear blend.
        sizes: (customers,) rows of each.
        histories: (customers,) purchases of each.
    """

    values: Floats
    is_target: Flags
    blend: Floats
    sizes: npt.NDArray[np.int64]
    histories: npt.NDArray[np.int64]

    @classmethod
    def joined(cls, pieces: Iterable["Examples"]) -> "Examples":
        """One after the other."""
        columns = zip(*((e.values, e.is_target, e.blend, e.sizes, e.histories) for e in pieces), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def customer(self) -> npt.NDArray[np.int64]:
        """(rows,) the customer that each row belongs to."""
        return np.repeat(np.arange(len(self)), self.sizes)

    def of(self, chosen: Flags) -> "Examples":
        """The examples of some customers."""
        rows = chosen[self.customer]
        return Examples(
            self.values[rows], self.is_target[rows], self.blend[rows], self.sizes[chosen], self.histories[chosen]
        )

    def reached(self) -> Flags:
        """(customers,) whose target is among the candidates."""
        return np.bincount(self.customer, self.is_target, len(self)) > 0

    def places(self, scores: npt.NDArray[np.floating]) -> Floats:
        """(rows,) the place of each row, from 0, among its customer's."""
        return places(self._rows(scores), np.asarray(scores, np.float32)[:, None])[:, 0]

    def quality(self, scores: npt.NDArray[np.floating]) -> float:
        """Mean NDCG@10 of the customers here by these scores; 0 for those whose target is no candidate."""
        rows = self._rows(scores)
        targets = rows.where(self.is_target)
        return float(ndcg(target_ranks(rows, targets), targets, 10).sum() / len(self))

    def _rows(self, scores: npt.NDArray[np.floating]) -> Ragged:
        ptr = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
        return Ragged(ptr, np.arange(len(scores), dtype=np.int32), np.asarray(scores, np.float32))


def eligible_customers(snapshot: Snapshot) -> Positions:
    """Customers with purchases to ask about and targets to find."""
    return np.flatnonzero((snapshot.purchases.lengths > 0) & (snapshot.targets.lengths > 0))


def held_out_customers(snapshot: Snapshot, config: LambdaMartConfig) -> Positions:
    """The customers of a validation snapshot from whose targets no ranker learns: on them models can be judged.

    Positions follow a hash of the ids: every so many-th is a random sample.
    """
    eligible = eligible_customers(snapshot)
    held: Positions = eligible[eligible % config.held_out == 0]
    return held


def before_last(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it was one transaction earlier, with that transaction's new products as targets."""
    purchases = snapshot.purchases
    latest = np.zeros(len(purchases), np.float32)
    filled = purchases.lengths > 0
    latest[filled] = purchases.values[purchases.ptr[1:][filled] - 1]
    is_last = purchases.values == latest[purchases.row_of_entry()]
    earlier = purchases.where(~is_last)
    held = purchases.where(is_last)
    return replace(
        snapshot,
        purchases=earlier,
        purchase_days=snapshot.purchase_days.where(~is_last),
        targets=held.where(~members(held, earlier)),
    )


def training_examples(lesson: Lesson, linear: LinearRanker, per_part: int, config: LambdaMartConfig) -> Examples:
    """Targets and a sample of the other candidates, of those customers asked about whose target is a candidate."""

    def of_block(customers: Snapshot) -> tuple[Snapshot, Candidates, Flags]:
        """The customers whose target is kept, what is kept, and which of it is a target."""
        pairs = proposals(lesson.source.parts, customers, customers.purchases, per_part)
        reached = _rows_with(pairs, members(pairs, customers.targets))
        customers = customers.rows(reached)
        kept = _cut(lesson, linear, config, customers, pairs.take(reached))
        is_target = members(kept.pairs, customers.targets)
        # The cut may have dropped the target.
        reached = _rows_with(kept.pairs, is_target)
        customers, kept = customers.rows(reached), kept.rows(reached)
        return customers, kept, members(kept.pairs, customers.targets)

    generator = np.random.default_rng(config.seed)
    pieces = []
    for customers, kept, is_target in in_threads(of_block, _blocks(lesson)):
        row = kept.pairs.row_of_entry()
        draws = generator.random(len(row), np.float32)
        wanted = is_target | (draws < config.negatives / np.maximum(kept.pairs.lengths, 1)[row])
        pieces.append(_described(lesson, linear, customers, kept, wanted))
    return Examples.joined(pieces)


def judging_examples(lesson: Lesson, linear: LinearRanker, per_part: int, config: LambdaMartConfig) -> Examples:
    """All kept candidates of all customers asked about, those whose target is not among them as well."""

    def of_block(customers: Snapshot) -> Examples:
        pairs = proposals(lesson.source.parts, customers, customers.purchases, per_part)
        kept = _cut(lesson, linear, config, customers, pairs)
        return _described(lesson, linear, customers, kept, np.ones(len(kept.pairs.ids), np.bool_))

    return Examples.joined(in_threads(of_block, _blocks(lesson)))


def _blocks(lesson: Lesson) -> Iterator[Snapshot]:
    for start in range(0, len(lesson.rows), BLOCK):
        yield lesson.customers.rows(lesson.rows[start : start + BLOCK])


def _cut(
    lesson: Lesson, linear: LinearRanker, config: LambdaMartConfig, customers: Snapshot, pairs: Ragged
) -> Candidates:
    candidates = scored(lesson.source.parts, customers, pairs)
    return cut(linear.score(customers, candidates), customers, candidates, config.kept)[1]


def _rows_with(pairs: Ragged, marked: Flags) -> Positions:
    """The rows that hold a marked entry."""
    return np.flatnonzero(np.bincount(pairs.row_of_entry(), marked, len(pairs)) > 0)


def _described(lesson: Lesson, linear: LinearRanker, customers: Snapshot, kept: Candidates, wanted: Flags) -> Examples:
    """The wanted ones of the kept candidates."""
    return Examples(
        values=features_after_cut(lesson.source, linear, customers, kept, wanted).values,
        is_target=members(kept.pairs, customers.targets)[wanted],
        blend=linear.score(customers, kept)[wanted],
        sizes=kept.pairs.where(wanted).lengths,
        histories=customers.purchases.lengths,
    )
