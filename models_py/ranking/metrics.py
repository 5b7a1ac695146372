"""What is measured, and exactly how.

Every product that the customer did not have before the cutoff is ranked; tied scores get the middle rank. A basket may
hold several targets: a hit is any of them in the first k, and NDCG compares the discounted gain of all with that of the
best possible ranking of min(targets, k). A customer whose basket held only repeats has no target and is not evaluated.
"""

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Ragged

Doubles = npt.NDArray[np.float64]
CUTOFFS = (5, 10, 20)


def hit_rate(ranks: Doubles, targets: Ragged, k: int) -> Doubles:
    """(customers,) 1 when any target is among the first k."""
    return (_sums((ranks <= k).astype(np.float64), targets) > 0).astype(np.float64)


def ndcg(ranks: Doubles, targets: Ragged, k: int) -> Doubles:
    """(customers,) normalised discounted cumulative gain of the first k (Järvelin & Kekäläinen 2002), binary gains."""
    within = ranks <= k
    gains = np.zeros(len(ranks))
    gains[within] = 1.0 / np.log2(ranks[within] + 1.0)
    # By number of targets; a customer without any gains 0 of 1.
    best = np.concatenate([[1.0], np.cumsum(1.0 / np.log2(np.arange(2, k + 2)))])
    gained: Doubles = _sums(gains, targets) / best[np.minimum(targets.lengths, k)]
    return gained


def reciprocal_rank(ranks: Doubles, targets: Ragged) -> Doubles:
    """(customers,) 1 / rank of the first target found; 0 when none is ranked."""
    best = np.zeros(len(targets))
    np.maximum.at(best, targets.row_of_entry(), 1.0 / ranks)
    return best


def customer_metrics(ranks: Doubles, targets: Ragged) -> dict[str, Doubles]:
    """All metrics that are a mean over customers, by name, (customers,) each."""
    columns = {}
    for k in CUTOFFS:
        columns[f"hr@{k}"] = hit_rate(ranks, targets, k)
        columns[f"ndcg@{k}"] = ndcg(ranks, targets, k)
    columns["mrr"] = reciprocal_rank(ranks, targets)
    return columns


def _sums(values: Doubles, targets: Ragged) -> Doubles:
    """Sum over each customer's targets."""
    return np.bincount(targets.row_of_entry(), weights=values, minlength=len(targets)).astype(np.float64)
