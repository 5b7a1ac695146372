"""The compiled inner loops that sum rows of a sparse product and keep the best of each.

One idea carries them: a row of scores is a short weighted query times a sparse matrix, summed in a dense accumulator of
which only the touched cells are ever read or cleared. A customer's history times the neighbours of products is a
recommendation; a product's terms times their inverted index is content similarity; a customer's products times their
buyers is a search for similar customers.

Each kernel works on rows start..stop and writes to those rows only. Sums run in the order of the query, so that they do
not depend on threads. Ties are broken in favour of the lower index. Indices are dealt out in the order of a hash of the
id (see `index.py`), so that no id is favoured for its spelling.

Why it is fast: indices are unsigned (no wrapping of negative ones), and nothing in the innermost loop branches on data.
A cell is noted as touched by writing it down always and counting it only when it is fresh. The rows that come next lie
anywhere in memory: the processor is told of them a few rows ahead, and so need not wait for them.
"""

import numpy as np
import numpy.typing as npt

from models_py.arrays.compiled import compiled, prefetch
from models_py.arrays.ragged import Floats, Ints

Longs = npt.NDArray[np.int64]
Unsigned = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.uint8]

_HALF = np.int64(32)
_LOW = np.int64(0xFFFFFFFF)
# Rows to be told of ahead: long enough for memory to answer, short enough to be still in the cache.
_ROWS_AHEAD = 8
_LISTS_AHEAD = 2
# Numbers of four bytes in a line of the cache.
_LINE = 16


@compiled
def _sift_down(heap: Longs) -> None:
    """Restore the heap, least key first, after its first key was replaced."""
    key = heap[0]
    place, child = 0, 1
    while child < len(heap):
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= key:
            break
        heap[place] = heap[child]
        place, child = child, 2 * child + 1
    heap[place] = key


@compiled
def _keep_best(
    accumulator: Floats, is_fresh: Marks, touched: Unsigned, count: np.uint64, heap: Longs, ids: Ints, scores: Floats
) -> None:
    """Write the best positive cells, best first, to `ids` and `scores` (filled up with -1 and 0); clear all touched.

    The bits of floats, read as integers, sort like the floats (negative ones before all others). So one number can hold
    a score above an index, counted downwards, and one comparison asks for the score first, then for the lower index.
    """
    bits = accumulator.view(np.int32)
    limit, size = len(ids), 0
    least = _LOW  # no score of 0 comes after this
    for t in range(count):
        column = touched[t]
        key = np.int64(bits[column]) << _HALF | (_LOW - np.int64(column))
        accumulator[column] = 0.0
        is_fresh[column] = 1
        if key > least:
            if size < limit:
                heap[size] = key
                size += 1
                if size == limit:
                    heap.sort()  # what is sorted is a heap
                    least = heap[0]
            else:
                heap[0] = key
                _sift_down(heap)
                least = heap[0]
    heap[:size].sort()
    score_bits = scores.view(np.int32)
    for place in range(size):
        key = heap[size - 1 - place]
        ids[place] = _LOW - (key & _LOW)
        score_bits[place] = key >> _HALF
    ids[size:] = -1
    scores[size:] = 0.0


@compiled
def _prefetch_row(ptr: Longs, row: int, cells: Unsigned | Ints | Floats) -> None:
    for entry in range(ptr[row], ptr[row + 1], _LINE):
        prefetch(cells, entry)


@compiled
def product_rows(
    start: int,
    stop: int,
    query_ptr: Longs,
    query_ids: Unsigned,
    query_values: Floats,
    ptr: Longs,
    matrix_ids: Unsigned,
    matrix_values: Floats,
    mask_ptr: Longs,
    mask_ids: Unsigned,
    columns: int,
    ids: Ints,
    scores: Floats,
) -> None:
    """Rows of a sparse product, the best columns of each. See `scoring.top_products`."""
    accumulator = np.zeros(columns, np.float32)
    is_fresh = np.ones(columns, np.uint8)
    touched = np.empty(columns + 1, np.uint32)  # one more: what is not fresh is written too
    heap = np.empty(ids.shape[1], np.int64)
    last = query_ptr[stop] - 1
    for row in range(start, stop):
        count = np.uint64(0)
        for q in range(query_ptr[row], query_ptr[row + 1]):
            source, weight = query_ids[q], query_values[q]
            ahead = query_ids[min(q + _LISTS_AHEAD, last)]
            _prefetch_row(ptr, ahead, matrix_ids)
            _prefetch_row(ptr, ahead, matrix_values)
            for m in range(ptr[source], ptr[source + 1]):
                column = matrix_ids[m]
                touched[count] = column
                count += np.uint64(is_fresh[column])
                is_fresh[column] = 0
                accumulator[column] += weight * matrix_values[m]
        for m in range(mask_ptr[row], mask_ptr[row + 1]):
            accumulator[mask_ids[m]] = 0.0
        _keep_best(accumulator, is_fresh, touched, count, heap, ids[row], scores[row])


@compiled
def dense_rows(
    start: int, stop: int, dense: Floats, mask_ptr: Longs, mask_ids: Unsigned, ids: Ints, scores: Floats
) -> None:
    """The best columns of rows that are there already; they are used up. See `scoring.top_of_dense`."""
    columns = dense.shape[1]
    every = np.arange(columns).astype(np.uint32)
    is_fresh = np.ones(columns, np.uint8)
    heap = np.empty(ids.shape[1], np.int64)
    for row in range(start, stop):
        for m in range(mask_ptr[row], mask_ptr[row + 1]):
            dense[row, mask_ids[m]] = 0.0
        _keep_best(dense[row], is_fresh, every, np.uint64(columns), heap, ids[row], scores[row])


@compiled
def cooccurrence_rows(
    start: int,
    stop: int,
    buyer_ptr: Longs,
    buyers: Unsigned,
    ptr: Longs,
    items: Unsigned,
    row_weight: Floats,
    row_norm: Floats,
    column_norm: Floats,
    shrinkage: float,
    ids: Ints,
    scores: Floats,
) -> None:
    """Each item's companions, whatever their order. See `scoring.cooccurrence_neighbours`."""
    accumulator = np.zeros(len(column_norm), np.float32)
    is_fresh = np.ones(len(column_norm), np.uint8)
    touched = np.empty(len(column_norm) + 1, np.uint32)
    heap = np.empty(ids.shape[1], np.int64)
    last = buyer_ptr[stop] - 1
    for item in range(start, stop):
        count = np.uint64(0)
        for b in range(buyer_ptr[item], buyer_ptr[item + 1]):
            row = buyers[b]
            _prefetch_row(ptr, buyers[min(b + _ROWS_AHEAD, last)], items)
            gain = row_weight[row]
            for other_entry in range(ptr[row], ptr[row + 1]):
                other = items[other_entry]
                touched[count] = other
                count += np.uint64(is_fresh[other])
                is_fresh[other] = 0
                accumulator[other] += gain
        accumulator[item] = 0.0
        _normalise(accumulator, touched, count, row_norm[item], column_norm, shrinkage)
        _keep_best(accumulator, is_fresh, touched, count, heap, ids[item], scores[item])


@compiled
def ordered_cooccurrence_rows(
    start: int,
    stop: int,
    buyer_ptr: Longs,
    buyers: Unsigned,
    buyer_transaction: Ints,
    ptr: Longs,
    items: Unsigned,
    transaction: Ints,
    row_weight: Floats,
    weight_by_distance: Floats,
    row_norm: Floats,
    column_norm: Floats,
    shrinkage: float,
    ids: Ints,
    scores: Floats,
) -> None:
    """Each item's companions by distance and direction. See `scoring.cooccurrence_neighbours`.

    `weight_by_distance` runs from the farthest companion before to the farthest after; the middle is the same basket.
    """
    accumulator = np.zeros(len(column_norm), np.float32)
    is_fresh = np.ones(len(column_norm), np.uint8)
    touched = np.empty(len(column_norm) + 1, np.uint32)
    heap = np.empty(ids.shape[1], np.int64)
    farthest = len(weight_by_distance) // 2
    last = buyer_ptr[stop] - 1
    for item in range(start, stop):
        count = np.uint64(0)
        for b in range(buyer_ptr[item], buyer_ptr[item + 1]):
            row = buyers[b]
            ahead = buyers[min(b + _ROWS_AHEAD, last)]
            _prefetch_row(ptr, ahead, items)
            _prefetch_row(ptr, ahead, transaction)
            weight, here = row_weight[row], buyer_transaction[b]
            for other_entry in range(ptr[row], ptr[row + 1]):
                other = items[other_entry]
                distance = min(max(transaction[other_entry] - here, -farthest), farthest)
                touched[count] = other
                count += np.uint64(is_fresh[other])
                is_fresh[other] = 0
                accumulator[other] += weight * weight_by_distance[np.uint64(distance + farthest)]
        accumulator[item] = 0.0
        _normalise(accumulator, touched, count, row_norm[item], column_norm, shrinkage)
        _keep_best(accumulator, is_fresh, touched, count, heap, ids[item], scores[item])


@compiled
def _normalise(
    accumulator: Floats, touched: Unsigned, count: np.uint64, row_norm: float, column_norm: Floats, shrinkage: float
) -> None:
    for t in range(count):
        column = touched[t]
        accumulator[column] /= row_norm * column_norm[column] + shrinkage
