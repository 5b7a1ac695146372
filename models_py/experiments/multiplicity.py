"""Several metrics at once: of twenty that do nothing, one looks significant."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from statsmodels.stats.multitest import multipletests

from models_py.experiments.contributions import FloatArray


def holm(p_values: ArrayLike) -> FloatArray:
    """P-values adjusted by Holm's step-down procedure (1979); NaN stays NaN and does not count.

    Below alpha, an adjusted value is a finding that holds whichever of the others were true: the chance of any false
    finding is at most alpha, whatever the dependence between the metrics.
    """
    raw = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(raw.shape, np.nan)
    known = np.isfinite(raw)
    if known.any():
        adjusted[known] = multipletests(raw[known], method="holm")[1]
    return adjusted
