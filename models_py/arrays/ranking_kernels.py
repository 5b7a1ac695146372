"""The compiled inner loops of the ranker's features. Each works on rows start..stop and writes to those rows only."""

import numpy as np
import numpy.typing as npt

from models_py.arrays.compiled import compiled
from models_py.arrays.ragged import Floats, Ints

Longs = npt.NDArray[np.int64]


@compiled
def member_rows(
    start: int, stop: int, ptr: Longs, ids: Ints, set_ptr: Longs, set_ids: Ints, columns: int,
    is_member: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    """Mark the entries that the other table has in the same row. See `scoring.members`."""
    is_marked = np.zeros(columns, np.bool_)
    for row in range(start, stop):
        for m in range(set_ptr[row], set_ptr[row + 1]):
            is_marked[set_ids[m]] = True
        for entry in range(ptr[row], ptr[row + 1]):
            is_member[entry] = is_marked[ids[entry]]
        for m in range(set_ptr[row], set_ptr[row + 1]):
            is_marked[set_ids[m]] = False


@compiled
def earlier_rows(start: int, stop: int, ptr: Longs, days: Floats, products: Ints, day: Longs, counts: Longs) -> None:
    """Count the days of each product that come before the given one. See `product_sales.ProductSales.before`."""
    for pair in range(start, stop):
        low, high = ptr[products[pair]], ptr[products[pair] + 1]
        while low < high:
            middle = (low + high) // 2
            if days[middle] < day[pair]:
                low = middle + 1
            else:
                high = middle
        counts[pair] = low - ptr[products[pair]]


@compiled
def agreement_rows(
    start: int, stop: int, profile_ptr: Longs, profile_ids: Ints, profile_values: Floats, ptr: Longs, products: Ints,
    term_ptr: Longs, term_ids: Ints, term_values: Floats, terms: int, agreement: Floats,
) -> None:  # fmt: skip
    """Inner products of a row's profile with the terms of each of its products. See `ranking_features.agreement`."""
    weight = np.zeros(terms, np.float32)
    for row in range(start, stop):
        for p in range(profile_ptr[row], profile_ptr[row + 1]):
            weight[profile_ids[p]] = profile_values[p]
        for pair in range(ptr[row], ptr[row + 1]):
            for t in range(term_ptr[products[pair]], term_ptr[products[pair] + 1]):
                agreement[pair] += weight[term_ids[t]] * term_values[t]
        for p in range(profile_ptr[row], profile_ptr[row + 1]):
            weight[profile_ids[p]] = 0.0
