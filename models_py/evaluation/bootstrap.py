"""Intervals of means over customers, by the Poisson bootstrap.

Chamandy et al. 2012, "Estimating Uncertainty for Massive Data Streams".
Each customer is drawn Poisson(1) times in each resample, independently of the others: for more than a hundred customers
that is the usual bootstrap, and every statistic of one resample shares the same draws.
"""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models_py.ranking.metrics import Doubles


def draw(customers: int, resamples: int, seed: int) -> Doubles:
    """How often each customer is drawn, (customers, resamples)."""
    return np.random.default_rng(seed).poisson(1.0, (customers, resamples)).astype(np.float64)


def sizes(members: npt.NDArray[np.bool_], drawn: Doubles) -> Doubles:
    """How many members each resample draws, (groups, resamples). `members` is (groups, customers)."""
    drawn_members: Doubles = members.astype(np.float64) @ drawn  # whole numbers: exact in any order
    return drawn_members


def means(columns: Doubles, group_sizes: Doubles, drawn: Doubles) -> Doubles:
    """The mean of each column in every resample, (columns, resamples).

    Args:
        columns: (columns, customers), 0 for customers that do not count.
        group_sizes: (columns, resamples) or (resamples,), how many customers count, see `sizes`.
        drawn: see `draw`.
    """
    # Most customers have no hit: sparse sums are quick, and in a fixed order, unlike those of a threaded BLAS.
    sums = np.asarray(sparse.csr_matrix(columns) @ drawn, np.float64)
    resampled: Doubles = sums / np.maximum(group_sizes, 1.0)
    return resampled


def percentiles(resampled: Doubles, confidence: float) -> tuple[Doubles, Doubles]:
    """Lower and upper end of the percentile interval of each row of `resampled`."""
    tail = (1.0 - confidence) / 2
    low, high = np.quantile(resampled, [tail, 1.0 - tail], axis=1)
    return low, high
