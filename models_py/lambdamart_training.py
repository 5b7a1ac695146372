"""Train the LambdaMART ranker on held-out purchases.

Each example is a customer whose held-out purchase survived the cut, with that purchase and a sample of the other
candidates. Parts must not have seen the held-out purchases. Parts fitted without the purchase before as well give two
more lessons: that purchase is a target too, and the held-out one is asked about again from a history whose last product
the parts do not know of, which is how *published* asks at test.

A share of the customers is held out from all of this: on them training is stopped, the margin is calibrated, and the
trees are compared with the linear blend, which they must beat to be used.
"""

from collections.abc import Callable, Iterator

import lightgbm
import numpy as np
import numpy.typing as npt

from models_py import calibration
from models_py.calibration import Calibration
from models_py.dataset import Flags, Snapshot
from models_py.lambdamart import LambdaMartConfig, LambdaMartRanker
from models_py.lessons import (
    Examples,
    Lesson,
    before_last,
    eligible_customers,
    held_out_customers,
    judging_examples,
    training_examples,
)
from models_py.linear_ranker import LinearRanker
from models_py.ranking_features import FeatureSource

# Places of a list in which stated chances are compared with what happened: those that customers see.
SHOWN = 10


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
    eligible = eligible_customers(lesson.customers)
    facts: dict[str, object] = {"least_customers": config.least_customers}
    if len(eligible) < config.least_customers:
        return _blend(facts | {"customers": len(eligible)}, "too few customers with targets")
    held_out = held_out_customers(lesson.customers, config)
    students = np.setdiff1d(eligible, held_out)
    taught = training_examples(lesson, linear, per_part, config, students)
    held = judging_examples(lesson, linear, per_part, config, held_out)
    reached = len(taught) + int(held.reached().sum())
    facts["customers"] = reached
    if reached < config.least_customers or not held.is_target.any():
        return _blend(facts, "too few customers whose target is a candidate")
    if config.earlier:
        more = _earlier_lessons(lesson.customers, earlier, students)
        taught = Examples.joined(
            [taught, *(training_examples(each, linear, per_part, config, rows) for each, rows in more)]
        )
    booster = _boost(taught, held, config)
    margins = np.asarray(booster.predict(held.values, num_threads=1))
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
    ranker = LambdaMartRanker(booster.model_to_string(), curves, linear, config.kept, lesson.source)
    return ranker, {**facts, "ranker": "lambdamart", "because": "trees were better on held-out customers"}


def _blend(facts: dict[str, object], because: str) -> tuple[None, dict[str, object]]:
    return None, {**facts, "ranker": "linear", "because": because}


def _earlier_lessons(
    customers: Snapshot, earlier: Callable[[Snapshot], FeatureSource], students: npt.NDArray[np.int64]
) -> Iterator[tuple[Lesson, npt.NDArray[np.int64]]]:
    """Lessons by parts that have not seen the purchase before the target either, with the customers of each."""
    before = before_last(customers)
    source = earlier(before)
    # Asked about after one more purchase than the parts have seen, as at test.
    yield Lesson(source, customers), students
    yield Lesson(source, before), eligible_customers(before)


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
