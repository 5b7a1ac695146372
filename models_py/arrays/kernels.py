"""Compiled inner loops over ragged rows. Each works on rows start..stop and writes to those rows only."""

import numpy as np
import numpy.typing as npt

from models_py.arrays.compiled import compiled
from models_py.arrays.ragged import Floats, Ints

Longs = npt.NDArray[np.int64]


@compiled
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


@compiled
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


@compiled
def latest_rows(start: int, stop: int, ptr: Longs, ids: Ints, columns: int, is_latest: npt.NDArray[np.bool_]) -> None:
    """Mark the last entry of each id in a row. See `scoring.latest_of_each`."""
    seen_in = np.full(columns, -1, np.int64)
    for row in range(start, stop):
        for entry in range(ptr[row + 1] - 1, ptr[row] - 1, -1):
            is_latest[entry] = seen_in[ids[entry]] != row
            seen_in[ids[entry]] = row


@compiled
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


@compiled
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


@compiled
def best_rows(start: int, stop: int, ptr: Longs, scores: Floats, entries: Longs) -> None:
    """Sort each row, stably, best first. See `scoring.best_entries`."""
    for row in range(start, stop):
        first = ptr[row]
        order = np.argsort(-scores[first : ptr[row + 1]], kind="mergesort")
        size = min(len(order), entries.shape[1])
        entries[row, :size] = first + order[:size]
        entries[row, size:] = -1


@compiled
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


@compiled
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
