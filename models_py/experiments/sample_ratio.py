"""Sample-ratio mismatch: arms whose sizes the draw does not explain.

An arm that lost customers (a page that fails to load, events that are dropped) lost particular customers, and no
statistic repairs that. Looked for with a strict level, because a true mismatch is gross and the check is repeated daily
(Fabijan et al. 2019, KDD).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

ALPHA = 0.001


def p_value(customers: Sequence[int], shares: Sequence[float]) -> float:
    """Chi-square goodness of fit of the arms' sizes to their shares; NaN without customers.

    Args:
        customers: exposed customers of each arm.
        shares: share of each arm, in the same order; they sum to 1.
    """
    total = sum(customers)
    if total == 0:
        return np.nan
    return float(stats.chisquare(customers, np.asarray(shares) * total).pvalue)
