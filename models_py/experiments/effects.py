"""The effect of an arm on a metric: difference to the control with confidence interval, absolute and relative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from models_py.experiments.contributions import FloatArray

ALPHA = 0.05


@dataclass(frozen=True)
class Effect:
    """Arm minus control, and arm over control minus 1. What cannot be computed is NaN."""

    value: float
    control_value: float
    absolute: float
    standard_error: float
    ci_low: float
    ci_high: float
    p_value: float
    relative: float
    relative_ci_low: float
    relative_ci_high: float


def effect(arm: FloatArray, control: FloatArray, alpha: float = ALPHA) -> Effect:
    """Compare two arms by Welch's t-test on the customers' contributions.

    The relative interval is the delta method's, with the same degrees of freedom. With fewer than two customers in an
    arm, or no variance at all, there is an effect but nothing can be said about its error.

    Args:
        arm: contributions of the arm's customers (see `contributions`).
        control: those of the control's.
        alpha: 1 - level of the intervals.
    """
    value, base = _mean(arm), _mean(control)
    relative = value / base - 1.0 if base else np.nan
    variance, base_variance = _variance_of_mean(arm), _variance_of_mean(control)
    error = float(np.sqrt(variance + base_variance))
    low = high = p_value = radius = np.nan
    if error > 0:
        test = stats.ttest_ind(arm, control, equal_var=False)
        low, high = test.confidence_interval(1.0 - alpha)
        p_value = test.pvalue
        if base:
            relative_error = np.sqrt(variance / base**2 + value**2 / base**4 * base_variance)
            radius = stats.t.ppf(1.0 - alpha / 2, test.df) * relative_error
    return Effect(
        value=value,
        control_value=base,
        absolute=value - base,
        standard_error=error,
        ci_low=float(low),
        ci_high=float(high),
        p_value=float(p_value),
        relative=relative,
        relative_ci_low=float(relative - radius),
        relative_ci_high=float(relative + radius),
    )


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else np.nan


def _variance_of_mean(values: FloatArray) -> float:
    return float(values.var(ddof=1)) / values.size if values.size > 1 else np.nan
