"""The linear blend: a weighted sum of the parts' scores.

Scores are divided by one constant a part (its usual best score), not normalised within a customer: a part that is
unsure of all it proposes to a customer should not shout as loudly as one that is sure. On validation data of Amazon
Beauty this gave NDCG@10 .081, against .077 for scores divided by the customer's maximum and .075 for reciprocal
ranks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from models_py.arrays.parallel import over_rows
from models_py.arrays.ragged import Floats
from models_py.arrays.scoring import target_ranks
from models_py.data.dataset import Flags, Snapshot
from models_py.ranking.candidates import Candidates, Judgement
from models_py.ranking.features import FeatureSource
from models_py.ranking.metrics import ndcg


@dataclass(frozen=True)
class LinearConfig:
    """How the blend starts and is tuned.

    Attributes:
        weights: the starting point, by part, for customers with purchases; those of tuned parts are searched.
        weights_without_history: the blend for customers who have not bought anything; not tuned, for leave-last-out
            data holds no such customer.
        fixed: parts whose weight is not tuned: the protocols mask what the customer bought before, so that they cannot
            tell what a repeat purchase is worth; and profile concerns act for new customers above all.
        factors: what a coordinate is multiplied with in search of a better one.
        rounds: passes over the coordinates.
        floor: the least weight, so that every part still breaks ties.
        customers: validation customers to tune on.
        least_customers: with fewer customers whose target is a candidate, the starting point is kept.
    """

    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "item_to_item": 0.4, "content": 0.3, "user_knn": 0.1, "sparse_linear": 0.1, "companions_of_similar": 0.1,
            "interest": 0.1, "bucket": 0.01, "concerns": 0.01, "repurchase": 4.0,
        }
    )  # fmt: skip
    weights_without_history: Mapping[str, float] = field(default_factory=lambda: {"bucket": 0.6, "concerns": 0.4})
    fixed: tuple[str, ...] = ("concerns", "repurchase")
    factors: tuple[float, ...] = (0.25, 0.5, 0.7, 0.85, 1.2, 1.5, 2.0, 4.0)
    rounds: int = 3
    floor: float = 0.005
    customers: int = 10_000
    least_customers: int = 50


@dataclass(frozen=True)
class LinearRanker:
    """A fitted blend.

    Attributes:
        scales: by part, the mean of its best score over customers (1 for probabilities and unseen parts).
        weights, weights_without_history: by part, per scaled score.
    """

    scales: Mapping[str, float]
    weights: Mapping[str, float]
    weights_without_history: Mapping[str, float]

    def contributions(self, customers: Snapshot, candidates: Candidates) -> Floats:
        """What each part adds to each candidate's score, (pairs, parts)."""
        new = _without_history(customers, candidates)
        added = candidates.scores * self._per_score(self.weights, candidates.parts)
        added[new] = candidates.scores[new] * self._per_score(self.weights_without_history, candidates.parts)
        return added

    def score(self, customers: Snapshot, candidates: Candidates) -> Floats:
        """One score a candidate, the sum of the contributions."""
        scores = _weighted_sums(candidates.scores, self._per_score(self.weights, candidates.parts))
        if (customers.purchases.lengths == 0).any():
            new = _without_history(customers, candidates)
            by_profile = self._per_score(self.weights_without_history, candidates.parts)
            scores[new] = _weighted_sums(candidates.scores[new], by_profile)
        return scores

    def judge(self, customers: Snapshot, candidates: Candidates) -> Judgement:
        """Score and explain."""

        def contributions(entries: npt.NDArray[np.int64]) -> Floats:
            return self.contributions(customers, candidates)[entries]

        return Judgement(self.score(customers, candidates), contributions)

    def added_by(self, part: str, candidates: Candidates) -> Floats:
        """(pairs,) what one part adds for customers with purchases; 0 for a part that is not there."""
        if part not in candidates.parts:
            return np.zeros(len(candidates.scores), np.float32)
        column = candidates.parts.index(part)
        added: Floats = candidates.scores[:, column] * self._per_score(self.weights, candidates.parts)[column]
        return added

    def without(self, part: str) -> "LinearRanker":
        """The same blend, deaf to one part."""
        weights = {name: weight for name, weight in self.weights.items() if name != part}
        return replace(self, weights=weights)

    def on(self, source: FeatureSource) -> "LinearRanker":
        """The blend needs no features."""
        return self

    def _per_score(self, weights: Mapping[str, float], parts: tuple[str, ...]) -> Floats:
        return np.array([weights.get(part, 0.0) / self.scales.get(part, 1.0) for part in parts], np.float32)

    def describe(self) -> dict[str, object]:
        """The blend as JSON types."""
        return {
            "kind": "linear",
            "scales": dict(self.scales),
            "weights": dict(self.weights),
            "weights_without_history": dict(self.weights_without_history),
        }


def untuned(candidates: Candidates, config: LinearConfig) -> LinearRanker:
    """The starting point, with the scales of these candidates."""
    scales = {}
    filled = candidates.pairs.lengths > 0
    for column, part in enumerate(candidates.parts):
        best = (
            np.maximum.reduceat(candidates.scores[:, column], candidates.pairs.ptr[:-1][filled]) if filled.any() else ()
        )
        said = np.asarray(best)[np.asarray(best) > 0].astype(np.float64)
        scales[part] = float(said.mean()) if len(said) and part != "repurchase" else 1.0
    return LinearRanker(scales, dict(config.weights), dict(config.weights_without_history))


def tune(customers: Snapshot, candidates: Candidates, config: LinearConfig) -> tuple[LinearRanker, float]:
    """Coordinate search for the weights with the best NDCG@10 on held-out targets.

    Args:
        customers: with targets; parts must have been fitted without these.
        candidates: of the same customers.

    Returns:
        the ranker, and its mean NDCG@10 over the customers with targets (nan if there is none).
    """
    start = untuned(candidates, config)
    evaluated = np.count_nonzero(customers.targets.lengths)
    # The blend decides nothing for customers none of whose targets is a candidate.
    ranks = target_ranks(candidates.pairs, customers.targets)
    reachable = np.unique(customers.targets.row_of_entry()[np.isfinite(ranks)]).astype(np.int64)
    customers, candidates = customers.rows(reachable), candidates.rows(reachable)
    targets = customers.targets

    def quality(weights: Mapping[str, float]) -> float:
        scores = replace(start, weights=weights).score(customers, candidates)
        gains = ndcg(target_ranks(candidates.pairs.with_values(scores), targets), targets, 10)
        return float(gains.sum() / evaluated) if evaluated else float("nan")

    best, weights = quality(start.weights), dict(start.weights)
    if len(reachable) < config.least_customers:
        return start, best
    for _ in range(config.rounds):
        before = best
        for part in sorted(set(candidates.parts).difference(config.fixed)):
            for factor in config.factors:
                trial = {**weights, part: max(weights.get(part, 0.0) * factor, config.floor)}
                if (reached := quality(trial)) > best:
                    best, weights = reached, trial
        if best == before:
            break
    return replace(start, weights=_summing_to_one(weights, config.fixed)), best


def _weighted_sums(scores: Floats, weights: Floats) -> Floats:
    """(pairs,) each row's weighted sum."""
    sums = np.empty(len(scores), np.float32)
    over_rows(_weighted_rows, len(scores), scores, weights, sums)
    return sums


def _weighted_rows(start: int, stop: int, scores: Floats, weights: Floats, sums: Floats) -> None:
    # einsum, not @: a threaded BLAS may add up in another order on another machine.
    np.einsum("np,p->n", scores[start:stop], weights, out=sums[start:stop])


def _summing_to_one(weights: Mapping[str, float], fixed: tuple[str, ...]) -> dict[str, float]:
    """The same blend with tuned weights that sum to 1, so that fixed ones mean the same whatever was tuned."""
    total = sum(value for part, value in weights.items() if part not in fixed)
    return {part: value if part in fixed else round(value / total, 6) for part, value in weights.items()}


def _without_history(customers: Snapshot, candidates: Candidates) -> Flags:
    """(pairs,) candidates of customers who have not bought anything."""
    return np.asarray((customers.purchases.lengths == 0)[candidates.pairs.row_of_entry()])


def tuning_customers(
    snapshot: Snapshot, count: int, held_out: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    """The first customers with purchases and targets. Positions follow a hash: the first are a random sample.

    Where nobody has a target there is nothing to tune, but purchases still tell the scales of the parts.

    Args:
        held_out: customers on whom models will be judged; not among those returned.
    """
    has_purchases = snapshot.purchases.lengths > 0
    eligible = has_purchases & (snapshot.targets.lengths > 0)
    if held_out is not None:
        eligible[held_out] = False
    return np.flatnonzero(eligible if eligible.any() else has_purchases)[:count]
