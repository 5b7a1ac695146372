"""How many customers an answer needs, and how many days that takes."""

from __future__ import annotations

import math

import numpy as np
from statsmodels.stats.power import NormalIndPower

from models_py.experiments.effects import ALPHA

POWER = 0.8


def customers_needed(
    standard_error: float,
    arm_customers: int,
    control_customers: int,
    smallest_effect: float,
    alpha: float = ALPHA,
    power: float = POWER,
) -> float:
    """Customers in both arms together at which the smallest effect worth knowing is found with this power.

    The standard error shrinks as the square root of the customers grows, their split staying as it is.

    Args:
        standard_error: of the effect, as measured so far.
        arm_customers: customers behind it in the arm.
        control_customers: customers behind it in the control.
        smallest_effect: absolute, in units of the metric.
        alpha: level of the two-sided test.
        power: chance of finding it.

    Returns:
        A whole number, or NaN where there is no variance or no effect to look for.
    """
    if not (standard_error > 0 and smallest_effect > 0):
        return np.nan
    split = control_customers / arm_customers
    in_arm = NormalIndPower().solve_power(
        _size(standard_error, arm_customers, control_customers, smallest_effect), alpha=alpha, power=power, ratio=split
    )
    return float(math.ceil(float(in_arm) * (1.0 + split) - 1e-6))


def achieved_power(
    standard_error: float, arm_customers: int, control_customers: int, smallest_effect: float, alpha: float = ALPHA
) -> float:
    """Chance of finding the smallest effect worth knowing with the customers there are; NaN as above."""
    if not (standard_error > 0 and smallest_effect > 0):
        return np.nan
    size = _size(standard_error, arm_customers, control_customers, smallest_effect)
    return float(NormalIndPower().power(size, arm_customers, alpha, ratio=control_customers / arm_customers))


def days_still_needed(needed: float, customers: int, customers_a_day: float) -> float:
    """Days until there are enough customers, at the pace so far; NaN where that is not known."""
    if np.isnan(needed) or not customers_a_day > 0:
        return np.nan
    return float(math.ceil(max(0.0, needed - customers) / customers_a_day))


def _size(standard_error: float, arm_customers: int, control_customers: int, smallest_effect: float) -> float:
    """The smallest effect in standard deviations of one customer."""
    deviation = standard_error / math.sqrt(1.0 / arm_customers + 1.0 / control_customers)
    return smallest_effect / deviation
