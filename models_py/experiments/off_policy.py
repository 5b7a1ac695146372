"""What another policy would have earned on the slots that were logged.

Inverse propensity scoring (Horvitz, Thompson 1952) weighs each logged slot by how much more often the other policy
would have shown what was shown; the self-normalised form (Swaminathan, Joachims 2015) divides by the weights' sum,
which trades some bias for much less variance. Both are honest only where the logging policy gave a chance to
everything that the other policy would show; the effective sample size says how many of the slots carry the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from models_py.experiments.contributions import FloatArray, ratio
from models_py.experiments.effects import ALPHA

IPS, SNIPS = "ips", "snips"


@dataclass(frozen=True)
class OffPolicyEstimate:
    """Estimated reward a slot, with a 95 % interval over customers. NaN where no slot tells anything.

    `mean_weight` is about 1 if the logging policy gave a chance to everything that the other would show. Well below 1,
    the other policy shows what was never tried, and neither estimator knows what that is worth.
    """

    estimator: str
    value: float
    standard_error: float
    ci_low: float
    ci_high: float
    effective_sample_size: float
    mean_weight: float
    largest_weight: float
    slots: int
    customers: int


def estimates(
    rewards: ArrayLike, propensities: ArrayLike, probabilities: ArrayLike, customers: ArrayLike
) -> tuple[OffPolicyEstimate, OffPolicyEstimate]:
    """Estimate what the policy would have earned, by IPS and by SNIPS.

    Args:
        rewards: of each logged slot.
        propensities: probability with which the logging policy showed there what it showed; above 0.
        probabilities: that with which the other policy would have shown it there.
        customers: whose slot it was; slots of one customer depend on one another, so the interval is over customers.

    Raises:
        ValueError: a propensity is not above 0 and at most 1.
    """
    reward, propensity = np.asarray(rewards, dtype=np.float64), np.asarray(propensities, dtype=np.float64)
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise ValueError("A propensity must be above 0 and at most 1.")
    weight = np.asarray(probabilities, dtype=np.float64) / propensity
    _, customer = np.unique(np.asarray(customers), return_inverse=True)

    def per_customer(values: FloatArray) -> FloatArray:
        return np.bincount(customer, values).astype(np.float64)

    earned = per_customer(weight * reward)
    by = {IPS: per_customer(np.ones_like(weight)), SNIPS: per_customer(weight)}
    total = float(weight.sum())
    effective = total**2 / float((weight**2).sum()) if total else 0.0

    def estimate(estimator: str) -> OffPolicyEstimate:
        contributions = ratio(earned, by[estimator])
        count = contributions.size
        value = float(contributions.mean()) if count else np.nan
        error = float(contributions.std(ddof=1) / np.sqrt(count)) if count > 1 else np.nan
        half = error * float(stats.norm.ppf(1.0 - ALPHA / 2))
        return OffPolicyEstimate(
            estimator=estimator,
            value=value,
            standard_error=error,
            ci_low=value - half,
            ci_high=value + half,
            effective_sample_size=effective,
            mean_weight=total / weight.size if weight.size else np.nan,
            largest_weight=float(weight.max(initial=0.0)),
            slots=weight.size,
            customers=count,
        )

    return estimate(IPS), estimate(SNIPS)
