"""Diversity: a list of products that are relevant and not all alike (maximal marginal relevance).

Carbonell & Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing summaries",
SIGIR 1998. Two products are alike by category and by brand.
"""

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints
from models_py.rules.config import DiversityConfig


def most_relevant_and_unlike(
    relevance: Floats, categories: Ints, brands: Ints, count: int, config: DiversityConfig
) -> npt.NDArray[np.int64]:
    """Choose `count` of each row's products, one after the other, by relevance less likeness to those chosen before.

    Args:
        relevance: (rows, products), best products first; -inf where there is none.
        categories, brands: (rows, products) codes; -1, unknown, is like nothing.

    Returns:
        (rows, count) columns in the order of choice, -1 when a row has no more. Among equals the first is chosen.
    """
    rows = np.arange(len(relevance))
    chosen = np.full((len(relevance), count), -1, np.int64)
    is_left = np.isfinite(relevance)
    worth = np.where(is_left, relevance, np.float32(0))
    likeness = np.zeros_like(worth)
    weight = np.float32(config.relevance)
    for slot in range(min(count, relevance.shape[1])):
        best = np.where(is_left, weight * worth - (1 - weight) * likeness, -np.inf).argmax(axis=1)
        found = is_left[rows, best]
        chosen[found, slot] = best[found]
        is_left[rows, best] = False
        same_category = (categories == categories[rows, best][:, None]) & (categories >= 0)
        same_brand = (brands == brands[rows, best][:, None]) & (brands >= 0)
        alike = np.float32(config.category) * same_category + np.float32(config.brand) * same_brand
        np.maximum(likeness, alike, out=likeness)
    return chosen
