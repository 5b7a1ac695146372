"""What recommended lists show as a whole: coverage, concentration, novelty, diversity."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models_py.arrays.ragged import Ints
from models_py.evaluation import bootstrap
from models_py.ranking.metrics import Doubles

# Diversity needs a product of long vectors for every list; a sample of them tells its mean to three digits.
DIVERSITY_LISTS = 5000
# A standard error needs fewer resamples than the ends of an interval.
RESAMPLES = 50


@dataclass(frozen=True)
class Estimate:
    """A value, and its standard error over customers."""

    value: float
    error: float


def exposure(lists: Ints, popularity: Doubles, vectors: sparse.csr_matrix, drawn: Doubles) -> dict[str, Estimate]:
    """Coverage of the catalogue, Gini of exposure (0: all products alike), novelty and intra-list diversity.

    Novelty is the mean self-information -log2(popularity) in bits; unsold products count as if sold once. Diversity is
    the mean distance (1 - cosine) within a list.

    Errors are of the bootstrap over customers. Its percentiles would not do: a resample holds fewer distinct customers,
    whose lists cover less, so that they would not even enclose the value.

    Args:
        lists: (customers, k), -1 where a list is short; in random order: diversity looks at `DIVERSITY_LISTS`.
        popularity: (products,) share of purchases.
        vectors: products x features of length 1.
        drawn: (customers, resamples), see `bootstrap.draw`.
    """
    drawn = drawn[:, :RESAMPLES]
    weights = np.column_stack([np.ones(len(lists)), drawn])
    rows, places = np.nonzero(lists >= 0)
    shown = sparse.csr_matrix((np.ones(len(rows)), (lists[rows, places], rows)), (len(popularity), len(lists)))
    counts = np.asarray(shown @ weights, np.float64)
    least = popularity[popularity > 0].min(initial=1.0)
    information = -np.log2(np.maximum(popularity, least))
    by_resample = {
        "coverage": np.count_nonzero(counts, axis=0) / len(popularity),
        "gini": gini(counts),
        "novelty": np.einsum("pr,p->r", counts, information) / np.maximum(counts.sum(axis=0), 1.0),
        "diversity": _diversity(lists[:DIVERSITY_LISTS], vectors, weights[:DIVERSITY_LISTS]),
    }
    return {name: Estimate(float(found[0]), float(found[1:].std(ddof=1))) for name, found in by_resample.items()}


def gini(values: Doubles) -> Doubles:
    """Gini coefficient of each column of non-negative values; 0 when all are 0."""
    ordered = np.sort(values, axis=0)
    total = ordered.sum(axis=0)
    place = np.arange(1, len(ordered) + 1, dtype=np.float64)
    unequal = np.einsum("p,pr->r", 2 * place - len(ordered) - 1, ordered)
    coefficient: Doubles = unequal / np.maximum(len(ordered) * total, 1.0)
    return coefficient


def _diversity(lists: Ints, vectors: sparse.csr_matrix, weights: Doubles) -> Doubles:
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
    distance = np.where(several, 1.0 - both / np.maximum(pairs, 1), 0.0)
    mean: Doubles = bootstrap.means(distance[None], bootstrap.sizes(several[None], weights), weights)[0]
    return mean
