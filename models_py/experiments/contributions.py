"""What each customer contributes to a metric.

Customers are drawn, so customers are the unit of every variance. A metric is turned into one number a customer whose
mean *is* the metric; what compares two means then compares any metric.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def mean(values: ArrayLike) -> FloatArray:
    """Contributions to a mean per customer: the values themselves."""
    return np.asarray(values, dtype=np.float64)


def ratio(numerators: ArrayLike, denominators: ArrayLike) -> FloatArray:
    """Contributions to `sum(numerators) / sum(denominators)`, one a customer, by the delta method.

    With R the ratio and m the mean denominator, R + (numerator - R * denominator) / m has mean R, and its variance
    over the customers is that of R to first order (Deng, Knoblich, Lu 2018, arXiv:1803.06336). Clicks of one customer
    depend on one another; treating impressions as independent would make the interval too short.

    Returns:
        As many numbers as customers; NaN throughout if the denominators sum to 0, for then there is no ratio.
    """
    top, bottom = mean(numerators), mean(denominators)
    total = bottom.sum()
    if total == 0:
        return np.full(top.size, np.nan)
    value = top.sum() / total
    contributions: FloatArray = value + (top - value * bottom) / (total / bottom.size)
    return contributions
