"""Train the LambdaMART ranker on held-out purchases.

Each example is a customer whose held-out purchase survived the cut, with that purchase and a sample of the other
candidates. Parts must not have seen the purchases that are asked for. There are more lessons in the same data:

- *Earlier*: by parts fitted without the purchase before the target. It is a target too; and the target is asked about
  again from a history whose last product the parts do not know of, which is how *published* asks at test.
- *Out of fold* (stacked generalisation, Wolpert 1992): by parts fitted without a share of the customers, who can then
  be asked about any of their purchases.

A share of the customers is held out: nothing learns from their latest targets. On them training is stopped, the margin
is calibrated, and the trees are compared with the linear blend, which they must beat to be used.
"""

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt

from models_py.data.dataset import Flags, Snapshot
from models_py.ranking import calibration
from models_py.ranking.boosting import lightgbm
from models_py.ranking.calibration import Calibration
from models_py.ranking.features import FeatureSource
from models_py.ranking.forest import Forest
from models_py.ranking.lambdamart import LambdaMartConfig, LambdaMartRanker
from models_py.ranking.lessons import (
    Examples,
    Lesson,
    Positions,
    before_last,
    eligible_customers,
    held_out_customers,
    judging_examples,
    training_examples,
)
from models_py.ranking.linear_ranker import LinearRanker

# Places of a list in which stated chances are compared with what happened: those that customers see.
SHOWN = 10


def train(
    source: FeatureSource,
    customers: Snapshot,
    fit: Callable[[Snapshot], FeatureSource],
    linear: LinearRanker,
    per_part: int,
    config: LambdaMartConfig,
) -> tuple[LambdaMartRanker | None, dict[str, object]]:
    """Train trees, if there are customers enough, and keep them if they beat the blend.

    Args:
        source: fitted on `customers`.
        customers: the snapshot whose targets are to be learned.
        fit: fits parts on a snapshot.

    Returns:
        the ranker, or None where the blend stays; and what was decided on which grounds, as JSON types.
    """
    eligible, held_out = eligible_customers(customers), held_out_customers(customers, config)
    facts: dict[str, object] = {"least_customers": config.least_customers}
    if len(eligible) < config.least_customers:
        return _blend(facts | {"customers": len(eligible)}, "too few customers with targets")
    students = np.setdiff1d(eligible, held_out)
    taught = training_examples(Lesson(source, customers, students), linear, per_part, config)
    held = judging_examples(Lesson(source, customers, held_out), linear, per_part, config)
    reached = len(taught) + int(held.reached().sum())
    facts["customers"] = reached
    if reached < config.least_customers or not held.is_target.any():
        return _blend(facts, "too few customers whose target is a candidate")
    more = chain(_earlier(customers, students, fit), _out_of_fold(customers, students, fit, config))
    taught = Examples.joined([taught, *(training_examples(lesson, linear, per_part, config) for lesson in more)])
    booster = _boost(taught, held, config)
    # The parameters that follow name the number of threads, on which nothing else depends.
    trees = booster.model_to_string().partition("\nparameters:")[0]
    margins = Forest.parsed(trees).margins(held.values)
    by_trees, by_blend = held.quality(margins), held.quality(held.blend)
    facts |= {
        "held_out_ndcg@10": round(by_trees, 6),
        "held_out_ndcg@10_linear": round(by_blend, 6),
        "held_out_recall": round(float(held.reached().mean()), 6),
        "examples": len(taught),
    }
    if by_trees <= by_blend:
        return _blend(facts, "trees were no better on held-out customers")
    curves, facts["calibration"] = _calibrated(margins, held, config)
    ranker = LambdaMartRanker(trees, curves, linear, config.kept, source)
    return ranker, {**facts, "ranker": "lambdamart", "because": "trees were better on held-out customers"}


def _blend(facts: dict[str, object], because: str) -> tuple[None, dict[str, object]]:
    return None, {**facts, "ranker": "linear", "because": because}


def _earlier(customers: Snapshot, students: Positions, fit: Callable[[Snapshot], FeatureSource]) -> Iterator[Lesson]:
    """Lessons by parts that have not seen the purchase before the target either."""
    before = before_last(customers)
    source = fit(before)
    yield Lesson(source, customers, students)
    yield Lesson(source, before, eligible_customers(before))


def _out_of_fold(
    customers: Snapshot, students: Positions, fit: Callable[[Snapshot], FeatureSource], config: LambdaMartConfig
) -> Iterator[Lesson]:
    """Lessons by parts that know nothing of the customers asked about: of their target, and of purchases before it."""
    # Held-out customers are every so many-th: divided by that, folds hold equally many of them.
    fold_of = np.arange(len(customers)) // config.held_out % max(config.folds, 1)
    for fold in range(config.folds):
        source = fit(customers.rows(np.flatnonzero(fold_of != fold)))
        asked, rows = customers, students
        for _ in range(config.depth):
            yield Lesson(source, asked, rows[fold_of[rows] == fold])
            asked = before_last(asked)
            rows = eligible_customers(asked)


def _boost(taught: Examples, held: Examples, config: LambdaMartConfig) -> lightgbm.Booster:
    parameters = config.parameters()
    held = held.of(held.reached())
    training = lightgbm.Dataset(taught.values, taught.is_target, group=taught.sizes, params=parameters)
    watched = lightgbm.Dataset(held.values, held.is_target, group=held.sizes, reference=training, params=parameters)
    stop = lightgbm.early_stopping(config.patience, verbose=False)
    return lightgbm.train(parameters, training, config.rounds, [watched], callbacks=[stop])


def _calibrated(
    margins: npt.NDArray[np.float64], held: Examples, config: LambdaMartConfig
) -> tuple[Calibration, dict[str, object]]:
    """Curves fitted on all held-out customers; and by segment, how far half of them misjudge the other half."""
    lengths = held.histories[held.customer]

    def fitted(rows: Flags) -> Calibration:
        return calibration.fit(
            margins[rows], held.is_target[rows], lengths[rows], config.segments, config.segment_strength
        )

    half = held.customer % 2 == 0
    stated = np.where(half, fitted(~half).chances(margins, lengths), fitted(half).chances(margins, lengths))
    shown = held.places(margins) < SHOWN
    segment = calibration.segments(config.segments, lengths)
    report: dict[str, object] = {}
    for place, least in enumerate(config.segments):
        rows = shown & (segment == place)
        if rows.any():
            report[f"{least} purchases or more"] = {
                "customers": len(np.unique(held.customer[rows])),
                "mean_chance": round(float(stated[rows].mean(dtype=np.float64)), 6),
                "hit_share": round(float(held.is_target[rows].mean()), 6),
                "expected_calibration_error": round(
                    calibration.expected_calibration_error(stated[rows], held.is_target[rows]), 6
                ),
            }
    return fitted(np.ones(len(margins), np.bool_)), report
