"""The compiled inner loops. Each works on rows start..stop and writes to those rows only.

One idea carries all but the last: a row of scores is a short weighted query times a sparse matrix, summed in a dense
accumulator of which only the touched cells are ever read or cleared. A customer's history times the neighbours of
products is a recommendation; a product's terms times their inverted index is content similarity; a customer's products
times their buyers is a search for similar customers.

Ties are broken in favour of the lower index. Indices are dealt out in the order of a hash of the id (see `index.py`),
so that no id is favoured for its spelling. Sums run in the order of the query, so that they do not depend on threads.
"""

import numpy as np
import numpy.typing as npt

from models_py.compiled import compiled as _compiled
from models_py.ragged import Floats, Ints

Longs = npt.NDArray[np.int64]


@_compiled
def _is_worse(score_a: float, id_a: int, score_b: float, id_b: int) -> bool:
    return score_a < score_b or (score_a == score_b and id_a > id_b)


@_compiled
def _sift_down(ids: Ints, scores: Floats, root: int, size: int) -> None:
    """Restore the heap below `root`: a parent is worse than its children, so the worst stands first."""
    while True:
        child = 2 * root + 1
        if child >= size:
            return
        if child + 1 < size and _is_worse(scores[child + 1], ids[child + 1], scores[child], ids[child]):
            child += 1
        if not _is_worse(scores[child], ids[child], scores[root], ids[root]):
            return
        ids[root], ids[child] = ids[child], ids[root]
        scores[root], scores[child] = scores[child], scores[root]
        root = child


@_compiled
def _keep_best(accumulator: Floats, touched: Ints, count: int, ids: Ints, scores: Floats) -> None:
    """Write the best positive cells, best first, to `ids` and `scores` (filled up with -1 and 0)."""
    limit = len(ids)
    size = 0
    for t in range(count):
        item = touched[t]
        score = accumulator[item]
        if score <= 0.0:
            continue
        if size < limit:
            ids[size], scores[size] = item, score
            size += 1
            if size == limit:
                for root in range(limit // 2 - 1, -1, -1):
                    _sift_down(ids, scores, root, limit)
        elif _is_worse(scores[0], ids[0], score, item):
            ids[0], scores[0] = item, score
            _sift_down(ids, scores, 0, limit)
    if size < limit:
        for root in range(size // 2 - 1, -1, -1):
            _sift_down(ids, scores, root, size)
    for end in range(size - 1, 0, -1):
        ids[0], ids[end] = ids[end], ids[0]
        scores[0], scores[end] = scores[end], scores[0]
        _sift_down(ids, scores, 0, end)
    ids[size:] = -1
    scores[size:] = 0.0


@_compiled
def cooccurrence_rows(
    start: int,
    stop: int,
    buyer_ptr: Longs,
    buyers: Ints,
    buyer_entry: Ints,
    ptr: Longs,
    items: Ints,
    transaction: Ints,
    row_weight: Floats,
    forward: Floats,
    backward: Floats,
    row_norm: Floats,
    column_norm: Floats,
    shrinkage: float,
    ids: Ints,
    scores: Floats,
) -> None:
    """Add up the weights of each item's companions, normalise, keep the best. See `scoring.cooccurrence_neighbours`."""
    accumulator = np.zeros(len(column_norm), np.float32)
    touched = np.empty(len(column_norm), np.int32)
    farthest = len(forward) - 1
    for item in range(start, stop):
        count = 0
        for b in range(buyer_ptr[item], buyer_ptr[item + 1]):
            row, entry = buyers[b], buyer_entry[b]
            for other_entry in range(ptr[row], ptr[row + 1]):
                other = items[other_entry]
                if other == item:
                    continue
                distance = transaction[other_entry] - transaction[entry]
                if distance >= 0:
                    gain = row_weight[row] * forward[min(distance, farthest)]
                else:
                    gain = row_weight[row] * backward[min(-distance, farthest)]
                if gain == 0.0:
                    continue
                if accumulator[other] == 0.0:
                    touched[count] = other
                    count += 1
                accumulator[other] += gain
        for t in range(count):
            other = touched[t]
            accumulator[other] /= row_norm[item] * column_norm[other] + shrinkage
        _keep_best(accumulator, touched, count, ids[item], scores[item])
        for t in range(count):
            accumulator[touched[t]] = 0.0


@_compiled
def product_rows(
    start: int,
    stop: int,
    query_ptr: Longs,
    query_ids: Ints,
    query_values: Floats,
    ptr: Longs,
    matrix_ids: Ints,
    matrix_values: Floats,
    mask_ptr: Longs,
    mask_ids: Ints,
    columns: int,
    ids: Ints,
    scores: Floats,
) -> None:
    """Rows of a sparse product, the best columns of each. See `scoring.top_products`."""
    accumulator = np.zeros(columns, np.float32)
    is_touched = np.zeros(columns, np.bool_)
    touched = np.empty(columns, np.int32)
    for row in range(start, stop):
        count = 0
        for q in range(query_ptr[row], query_ptr[row + 1]):
            source, weight = query_ids[q], query_values[q]
            for m in range(ptr[source], ptr[source + 1]):
                column = matrix_ids[m]
                if not is_touched[column]:
                    is_touched[column] = True
                    touched[count] = column
                    count += 1
                accumulator[column] += weight * matrix_values[m]
        for m in range(mask_ptr[row], mask_ptr[row + 1]):
            accumulator[mask_ids[m]] = 0.0
        _keep_best(accumulator, touched, count, ids[row], scores[row])
        for t in range(count):
            accumulator[touched[t]] = 0.0
            is_touched[touched[t]] = False


@_compiled
def pair_rows(
    start: int,
    stop: int,
    query_ptr: Longs,
    query_ids: Ints,
    query_values: Floats,
    ptr: Longs,
    matrix_ids: Ints,
    matrix_values: Floats,
    wanted_ptr: Longs,
    wanted: Ints,
    columns: int,
    scores: Floats,
    evidence: Ints,
) -> None:
    """A sparse product at wanted cells only. See `scoring.score_pairs`."""
    slot = np.full(columns, -1, np.int64)
    strongest = np.zeros(columns, np.float32)
    for row in range(start, stop):
        for w in range(wanted_ptr[row], wanted_ptr[row + 1]):
            slot[wanted[w]] = w
        for q in range(query_ptr[row], query_ptr[row + 1]):
            source, weight = query_ids[q], query_values[q]
            for m in range(ptr[source], ptr[source + 1]):
                column = matrix_ids[m]
                w = slot[column]
                if w < 0:
                    continue
                gain = weight * matrix_values[m]
                scores[w] += gain
                if len(evidence) > 0 and gain > 0.0 and gain >= strongest[column]:
                    strongest[column] = gain
                    evidence[w] = source
        for w in range(wanted_ptr[row], wanted_ptr[row + 1]):
            slot[wanted[w]] = -1
            strongest[wanted[w]] = 0.0


@_compiled
def union_rows(start: int, stop: int, lists: Ints, out: Ints, lengths: Longs) -> None:
    """Merge lists, dropping repeats and -1. See `scoring.union`."""
    for row in range(start, stop):
        merged = np.sort(lists[:, row, :].copy().ravel())
        previous, size = -1, 0
        for item in merged:
            if item > previous:
                out[row, size] = item
                size += 1
                previous = item
        lengths[row] = size


@_compiled
def list_rows(
    start: int,
    stop: int,
    ranked: Ints,
    ranked_scores: Floats,
    list_of_row: Ints,
    mask_ptr: Longs,
    mask_ids: Ints,
    columns: int,
    ids: Ints,
    scores: Floats,
) -> None:
    """Read a shared list past what is masked. See `scoring.top_of_lists`."""
    is_masked = np.zeros(columns, np.bool_)
    for row in range(start, stop):
        for m in range(mask_ptr[row], mask_ptr[row + 1]):
            is_masked[mask_ids[m]] = True
        size = 0
        for place in range(ranked.shape[1]):
            item = ranked[list_of_row[row], place]
            score = ranked_scores[list_of_row[row], place]
            if size == ids.shape[1] or score <= 0.0:
                break
            if not is_masked[item]:
                ids[row, size], scores[row, size] = item, score
                size += 1
        ids[row, size:] = -1
        scores[row, size:] = 0.0
        for m in range(mask_ptr[row], mask_ptr[row + 1]):
            is_masked[mask_ids[m]] = False


@_compiled
def rank_rows(
    start: int,
    stop: int,
    ptr: Longs,
    items: Ints,
    item_scores: Floats,
    target_ptr: Longs,
    targets: Ints,
    ranks: npt.NDArray[np.float64],
) -> None:
    """Find targets and count what ranks before them. See `scoring.target_ranks`."""
    for row in range(start, stop):
        for t in range(target_ptr[row], target_ptr[row + 1]):
            found = False
            for entry in range(ptr[row], ptr[row + 1]):
                if items[entry] == targets[t]:
                    found, score = True, item_scores[entry]
            if found:
                better, equal = 0, 0
                for entry in range(ptr[row], ptr[row + 1]):
                    if item_scores[entry] > score:
                        better += 1
                    elif item_scores[entry] == score:
                        equal += 1
                ranks[t] = better + (equal + 1) / 2


@_compiled
def best_rows(start: int, stop: int, ptr: Longs, scores: Floats, entries: Longs) -> None:
    """Sort each row, stably, best first. See `scoring.best_entries`."""
    for row in range(start, stop):
        first = ptr[row]
        order = np.argsort(-scores[first : ptr[row + 1]], kind="mergesort")
        size = min(len(order), entries.shape[1])
        entries[row, :size] = first + order[:size]
        entries[row, size:] = -1


@_compiled
def link_rows(
    start: int,
    stop: int,
    history_ptr: Longs,
    history: Ints,
    is_latest: npt.NDArray[np.bool_],
    ptr: Longs,
    matrix_ids: Ints,
    matrix_values: Floats,
    wanted_ptr: Longs,
    wanted: Ints,
    columns: int,
    links: Floats,
) -> None:
    """How the products of a history are linked to wanted products. See `scoring.links`."""
    slot = np.full(columns, -1, np.int64)
    for row in range(start, stop):
        for w in range(wanted_ptr[row], wanted_ptr[row + 1]):
            slot[wanted[w]] = w
        for h in range(history_ptr[row], history_ptr[row + 1]):
            for m in range(ptr[history[h]], ptr[history[h] + 1]):
                w = slot[matrix_ids[m]]
                if w < 0:
                    continue
                value = matrix_values[m]
                links[w, 0] += 1.0
                links[w, 1] += value
                links[w, 2] = max(links[w, 2], value)
                if is_latest[h]:
                    links[w, 3] += value
        for w in range(wanted_ptr[row], wanted_ptr[row + 1]):
            slot[wanted[w]] = -1


@_compiled
def place_rows(start: int, stop: int, ptr: Longs, scores: Floats, places: Floats) -> None:
    """Places by score within each row, columnwise. See `scoring.places`."""
    for row in range(start, stop):
        first, last = ptr[row], ptr[row + 1]
        for column in range(scores.shape[1]):
            order = np.argsort(-scores[first:last, column], kind="mergesort")
            place, previous = 0, np.float32(np.inf)
            for i in range(len(order)):
                entry = first + order[i]
                if scores[entry, column] < previous:
                    place, previous = i, scores[entry, column]
                places[entry, column] = place
