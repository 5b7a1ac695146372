"""Train the LambdaMART ranker on held-out purchases.

Each example is a customer whose held-out purchase survived the cut, with that purchase and a sample of the other
candidates. Parts must not have seen the held-out purchases. Parts fitted without the purchase before as well give two
more lessons: that purchase is a target too, and the held-out one is asked about again from a history whose last product
the parts do not know of, which is how *published* asks at test.

A share of the customers is held out from all of this: on them training is stopped, the margin is calibrated, and the
trees are compared with the linear blend, which they must beat to be used.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import lightgbm
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from models_py.candidates import generate, members
from models_py.dataset import Flags, Snapshot
from models_py.lambdamart import LambdaMartConfig, LambdaMartRanker, cut, features_after_cut
from models_py.linear_ranker import LinearRanker
from models_py.metrics import ndcg
from models_py.ragged import Floats, Ragged
from models_py.ranking_features import FeatureSource
from models_py.scoring import target_ranks

# Customers whose candidates are looked at together: bounds memory.
BLOCK = 4096


@dataclass(frozen=True)
class Lesson:
    """Something to learn from: parts, and customers with targets that the parts have not seen."""

    source: FeatureSource
    customers: Snapshot


@dataclass(frozen=True)
class Examples:
    """Training rows, grouped by customer.

    Attributes:
        values: (rows, features).
        is_target: (rows,).
        sizes: (customers,) rows of each.
        blend: (rows,) scores of the linear blend.
    """

    values: Floats
    is_target: Flags
    sizes: npt.NDArray[np.int64]
    blend: Floats

    @classmethod
    def joined(cls, pieces: Iterable["Examples"]) -> "Examples":
        """One after the other."""
        columns = zip(*((e.values, e.is_target, e.sizes, e.blend) for e in pieces), strict=True)
        return cls(*(np.concatenate(column) for column in columns))

    def quality(self, scores: npt.NDArray[np.floating]) -> float:
        """Mean NDCG@10 of the customers here by these scores."""
        ptr = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
        rows = Ragged(ptr, np.arange(len(scores), dtype=np.int32), np.asarray(scores, np.float32))
        targets = rows.where(self.is_target)
        return float(ndcg(target_ranks(rows, targets), targets, 10).mean())


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


def examples(
    lesson: Lesson, linear: LinearRanker, per_part: int, config: LambdaMartConfig, rows: npt.NDArray[np.int64],
    negatives: int | None,
) -> Examples:  # fmt: skip
    """Examples of the customers in `rows`; all their kept candidates, or a sample of `negatives` beside the targets."""
    generator = np.random.default_rng(config.seed)
    pieces = []
    for start in range(0, len(rows), BLOCK):
        customers = lesson.customers.rows(rows[start : start + BLOCK])
        candidates = generate(lesson.source.parts, customers, customers.purchases, per_part)
        kept = cut(linear.score(customers, candidates), customers, candidates, config.kept)[1]
        draws = generator.random(len(kept.pairs.ids), np.float32)
        is_target = members(kept.pairs, customers.targets)
        row = kept.pairs.row_of_entry()
        taught = (np.bincount(row, is_target, len(kept.pairs)) > 0)[row]
        # Features compare the candidates of a customer: compute on all of them, then sample.
        chosen_customers = np.flatnonzero(np.bincount(row, is_target, len(kept.pairs)) > 0)
        customers, kept = customers.rows(chosen_customers), kept.rows(chosen_customers)
        is_target, draws = is_target[taught], draws[taught]
        features = features_after_cut(lesson.source, linear, customers, kept)
        chosen = np.ones(len(draws), np.bool_)
        if negatives is not None:
            chosen = is_target | (draws < negatives / np.maximum(kept.pairs.lengths, 1)[kept.pairs.row_of_entry()])
        pieces.append(
            Examples(
                features.values[chosen],
                is_target[chosen],
                np.diff(kept.pairs.where(chosen).ptr),
                linear.score(customers, kept)[chosen],
            )
        )
    return Examples.joined(pieces)


def train(
    lesson: Lesson,
    earlier: Callable[[Snapshot], FeatureSource],
    linear: LinearRanker,
    per_part: int,
    config: LambdaMartConfig,
) -> tuple[LambdaMartRanker | None, dict[str, object]]:
    """Train trees, if there are customers enough, and keep them if they beat the blend.

    Args:
        lesson: the snapshot whose targets are to be learned.
        earlier: fits parts on a snapshot.

    Returns:
        the ranker, or None where the blend stays; and what was decided on which grounds, as JSON types.
    """
    customers = lesson.customers
    eligible = np.flatnonzero((customers.purchases.lengths > 0) & (customers.targets.lengths > 0))
    facts: dict[str, object] = {"least_customers": config.least_customers}
    if len(eligible) < config.least_customers:
        return None, {
            **facts,
            "ranker": "linear",
            "because": "too few customers with targets",
            "customers": len(eligible),
        }
    is_held = eligible % config.held_out == 0
    taught = examples(lesson, linear, per_part, config, eligible[~is_held], config.negatives)
    held = examples(lesson, linear, per_part, config, eligible[is_held], None)
    reached = len(taught.sizes) + len(held.sizes)
    facts["customers"] = reached
    if reached < config.least_customers or not len(held.sizes):
        return None, {**facts, "ranker": "linear", "because": "too few customers whose target is a candidate"}
    if config.earlier:
        before = before_last(customers)
        source = earlier(before)
        students = np.flatnonzero((before.purchases.lengths > 0) & (before.targets.lengths > 0))
        taught = Examples.joined(
            [
                taught,
                # Asked about after one more purchase than the parts have seen, as at test.
                examples(Lesson(source, customers), linear, per_part, config, eligible[~is_held], config.negatives),
                examples(Lesson(source, before), linear, per_part, config, students, config.negatives),
            ]
        )
    booster = _boost(taught, held, config)
    margins = np.asarray(booster.predict(held.values, num_threads=1))
    by_trees, by_blend = held.quality(margins), held.quality(held.blend)
    share = len(held.sizes) / int(is_held.sum())
    facts |= {
        "held_out_ndcg@10": round(by_trees * share, 6),
        "held_out_ndcg@10_linear": round(by_blend * share, 6),
        "held_out_recall": round(share, 6),
        "examples": len(taught.sizes),
    }
    if by_trees <= by_blend:
        return None, {**facts, "ranker": "linear", "because": "trees were no better on held-out customers"}
    slope, intercept = _calibrate(margins, held.is_target, share)
    ranker = LambdaMartRanker(booster.model_to_string(), slope, intercept, linear, config.kept, lesson.source)
    return ranker, {**facts, "ranker": "lambdamart", "because": "trees were better on held-out customers"}


def _boost(taught: Examples, held: Examples, config: LambdaMartConfig) -> lightgbm.Booster:
    parameters = config.parameters()
    training = lightgbm.Dataset(taught.values, taught.is_target, group=taught.sizes, params=parameters)
    watched = lightgbm.Dataset(held.values, held.is_target, group=held.sizes, reference=training, params=parameters)
    stop = lightgbm.early_stopping(config.patience, verbose=False)
    return lightgbm.train(parameters, training, config.rounds, [watched], callbacks=[stop])


def _calibrate(margins: npt.NDArray[np.float64], is_target: Flags, share: float) -> tuple[float, float]:
    """Platt's slope and intercept. Held-out examples are of reached customers only: correct the odds by their share."""
    fitted = LogisticRegression(C=1e6).fit(margins[:, None], is_target)
    slope = max(float(fitted.coef_[0, 0]), 1e-6)
    return round(slope, 9), round(float(fitted.intercept_[0]) + float(np.log(share)), 9)
