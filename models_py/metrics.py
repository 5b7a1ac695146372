"""What is measured, and exactly how.

Every product that the customer did not have before the cutoff is ranked; tied scores get the middle rank. A basket may
hold several targets: a hit is any of them in the first k, and NDCG compares the discounted gain of all with that of the
best possible ranking of min(targets, k). A customer whose basket held only repeats has no target and is not evaluated.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models_py.ragged import Ints, Ragged

Doubles = npt.NDArray[np.float64]
CUTOFFS = (5, 10, 20)
# Diversity needs a product of long vectors for every list; a sample of them tells its mean to three digits.
DIVERSITY_LISTS = 5000


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


@dataclass(frozen=True)
class Exposure:
    """What the recommended lists show as a whole. `lists` everywhere is (customers, k), -1 where a list is short."""

    coverage: float
    gini: float
    novelty: float
    diversity: float


def exposure(lists: Ints, popularity: Doubles, vectors: sparse.csr_matrix) -> Exposure:
    """Coverage of the catalogue, Gini of exposure (0: all products alike), novelty and intra-list diversity.

    Args:
        lists: of customers in random order: diversity looks at the first `DIVERSITY_LISTS`.
        popularity: (products,) share of purchases.
        vectors: products x features of length 1; diversity is the mean distance (1 - cosine) within a list.

    Novelty is the mean self-information -log2(popularity) in bits; unsold products count as if sold once.
    """
    shown = np.bincount(lists[lists >= 0], minlength=len(popularity)).astype(np.float64)
    least = popularity[popularity > 0].min(initial=1.0)
    information = -np.log2(np.maximum(popularity, least))
    total = max(shown.sum(), 1.0)
    return Exposure(
        coverage=float(np.count_nonzero(shown) / len(popularity)),
        gini=_gini(shown),
        novelty=float((shown * information).sum() / total),
        diversity=_diversity(lists[:DIVERSITY_LISTS], vectors),
    )


def _gini(values: Doubles) -> float:
    """Gini coefficient of non-negative values; 0 when all are 0."""
    ordered = np.sort(values)
    total = ordered.sum()
    if total == 0:
        return 0.0
    place = np.arange(1, len(ordered) + 1)
    return float((2 * place - len(ordered) - 1) @ ordered / (len(ordered) * total))


def _diversity(lists: Ints, vectors: sparse.csr_matrix) -> float:
    """Mean of 1 - cosine over the pairs of a list: the squared length of a list's sum holds all its cosines."""
    size = (lists >= 0).sum(axis=1)
    ptr = np.concatenate([[0], np.cumsum(size)])
    members = sparse.csr_matrix((np.ones(ptr[-1], np.float32), lists[lists >= 0], ptr), (len(lists), vectors.shape[0]))
    squares = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel().astype(np.float64)
    own = np.asarray(members @ squares, np.float64)
    summed = members @ vectors
    both = np.asarray(summed.multiply(summed).sum(axis=1), np.float64).ravel() - own
    pairs = size * (size - 1)
    several = pairs > 0
    return float(np.mean(1.0 - both[several] / pairs[several])) if several.any() else 0.0


def _sums(values: Doubles, targets: Ragged) -> Doubles:
    """Sum over each customer's targets."""
    return np.bincount(targets.row_of_entry(), weights=values, minlength=len(targets)).astype(np.float64)
