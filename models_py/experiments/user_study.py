"""What a group of people thinks of two lists: ratings compared within each person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from models_py.experiments.effects import ALPHA
from models_py.experiments.interleaving import BASELINE, MODEL


@dataclass(frozen=True)
class StudyResult:
    """Model minus baseline, in stars, over the people who rated products of both. NaN where nothing can be said."""

    people: int
    ratings: int
    model_mean: float
    baseline_mean: float
    difference: float
    ci_low: float
    ci_high: float
    p_value: float
    wilcoxon_p_value: float
    prefer_model: int
    prefer_baseline: int
    prefer_neither: int


def compare_ratings(ratings: Mapping[str, Mapping[str, Sequence[float]]]) -> StudyResult:
    """Compare each person's mean rating of the model's products with that of the baseline's.

    People differ in how generous they are, and each is their own control: a paired t-test, and Wilcoxon's signed-rank
    test for those who would rather not average stars.

    Args:
        ratings: by person and team (`model`, `baseline`), the stars given.
    """
    both = {person: teams for person, teams in ratings.items() if teams.get(MODEL) and teams.get(BASELINE)}
    model = np.array([np.mean(both[person][MODEL]) for person in sorted(both)], dtype=np.float64)
    baseline = np.array([np.mean(both[person][BASELINE]) for person in sorted(both)], dtype=np.float64)
    difference = model - baseline
    low = high = p_value = signed_rank = np.nan
    if difference.size > 1 and difference.std() > 0:
        test = stats.ttest_rel(model, baseline)
        low, high = test.confidence_interval(1.0 - ALPHA)
        p_value = test.pvalue
        signed_rank = stats.wilcoxon(difference).pvalue
    return StudyResult(
        people=difference.size,
        ratings=sum(len(stars) for teams in both.values() for stars in teams.values()),
        model_mean=_mean(model),
        baseline_mean=_mean(baseline),
        difference=_mean(difference),
        ci_low=float(low),
        ci_high=float(high),
        p_value=float(p_value),
        wilcoxon_p_value=float(signed_rank),
        prefer_model=int((difference > 0).sum()),
        prefer_baseline=int((difference < 0).sum()),
        prefer_neither=int((difference == 0).sum()),
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else np.nan
