"""The kernels behind typed signatures: `Ragged` in, arrays out, over all rows and threads."""

import numpy as np
import numpy.typing as npt

from models_py.arrays import kernels, ranking_kernels, top_kernels
from models_py.arrays.parallel import over_rows
from models_py.arrays.ragged import Floats, Ints, Ragged


def cooccurrence_neighbours(
    histories: Ragged,
    transactions: Ints,
    row_weight: Floats,
    forward: Floats,
    backward: Floats,
    row_norm: Floats,
    column_norm: Floats,
    shrinkage: float,
    count: int,
) -> Ragged:
    """For each item, its `count` best companions by ordered, distance-weighted co-occurrence.

    Args:
        histories: users x items, oldest first.
        transactions: the place of each entry's transaction in its user's sequence.
        row_weight: (users,) what a pair seen in this user's history counts.
        forward: (distances,) weight of a companion bought that many transactions later; 0 is the same basket, and the
            last weight holds for everything farther away. A single weight asks for neither distance nor direction.
        backward: the same for a companion bought earlier; its first weight, the same basket's, is not used.
        row_norm, column_norm: (items,) a companion's sum is divided by `row_norm[item] * column_norm[companion] +
            shrinkage`.
        count: companions to keep.

    Returns:
        items x items, best first.
    """
    items = len(column_norm)
    ids = np.empty((items, count), np.int32)
    scores = np.empty((items, count), np.float32)
    rows, norms = (histories.ptr, _unsigned(histories.ids)), (row_norm, column_norm, np.float32(shrinkage))
    weight_by_distance = np.concatenate([backward[:0:-1], forward])
    if len(weight_by_distance) == 1:
        buyers = histories.transposed(items)
        over_rows(
            top_kernels.cooccurrence_rows, items, buyers.ptr, _unsigned(buyers.ids), *rows,
            row_weight * weight_by_distance, *norms, ids, scores,
        )  # fmt: skip
    else:
        buyers = histories.with_values(transactions.astype(np.float32)).transposed(items)
        over_rows(
            top_kernels.ordered_cooccurrence_rows, items, buyers.ptr, _unsigned(buyers.ids),
            buyers.values.astype(np.int32), *rows, transactions, row_weight, weight_by_distance, *norms, ids, scores,
        )  # fmt: skip
    return from_lists(ids, scores)


def top_products(query: Ragged, matrix: Ragged, masked: Ragged, columns: int, count: int) -> tuple[Ints, Floats]:
    """For each row of `query`, the `count` columns with the highest positive `query @ matrix`, best first.

    Args:
        query: rows x sources, weights.
        matrix: sources x columns.
        masked: rows x columns that must not be returned.

    Returns:
        ids (rows, count), filled up with -1, and scores (rows, count), filled up with 0.
    """
    ids = np.empty((len(query), count), np.int32)
    scores = np.empty((len(query), count), np.float32)
    over_rows(
        top_kernels.product_rows, len(query), query.ptr, _unsigned(query.ids), query.values,
        matrix.ptr, _unsigned(matrix.ids), matrix.values, masked.ptr, _unsigned(masked.ids), columns, ids, scores,
    )  # fmt: skip
    return ids, scores


def top_of_dense(dense: Floats, masked: Ragged, count: int) -> tuple[Ints, Floats]:
    """For each row, the `count` columns with the highest positive scores.

    Args:
        dense: (rows, columns) scores; used as scratch, and 0 afterwards.
        masked: rows x columns that must not be returned.

    Returns:
        like `top_products`.
    """
    ids = np.empty((len(dense), count), np.int32)
    scores = np.empty((len(dense), count), np.float32)
    over_rows(top_kernels.dense_rows, len(dense), dense, masked.ptr, _unsigned(masked.ids), ids, scores)
    return ids, scores


def score_pairs(
    query: Ragged, matrix: Ragged, pairs: Ragged, columns: int, with_evidence: bool = False
) -> tuple[Floats, Ints]:
    """`query @ matrix` at the wanted pairs only.

    Args:
        pairs: rows x columns whose scores are wanted; a column occurs once in a row.
        with_evidence: also say which source contributed most (the later one in the query among equals).

    Returns:
        scores, one a pair, and the strongest source of each pair (-1 for none), empty without `with_evidence`.
    """
    scores = np.zeros(len(pairs.ids), np.float32)
    evidence = np.full(len(pairs.ids) if with_evidence else 0, -1, np.int32)
    over_rows(
        kernels.pair_rows, len(query), query.ptr, query.ids, query.values, matrix.ptr, matrix.ids, matrix.values,
        pairs.ptr, pairs.ids, columns, scores, evidence,
    )  # fmt: skip
    return scores, evidence


def top_of_lists(
    ranked: Ints, ranked_scores: Floats, list_of_row: Ints, masked: Ragged, columns: int, count: int
) -> tuple[Ints, Floats]:
    """The first `count` products of each row's list that the row does not mask and that score above 0.

    Args:
        ranked, ranked_scores: (lists, depth) products, best first.
        list_of_row: which list each row reads.

    Returns:
        like `top_products`.
    """
    ids = np.empty((len(list_of_row), count), np.int32)
    scores = np.empty((len(list_of_row), count), np.float32)
    over_rows(
        kernels.list_rows, len(list_of_row), ranked, np.ascontiguousarray(ranked_scores), list_of_row,
        masked.ptr, masked.ids, columns, ids, scores,
    )  # fmt: skip
    return ids, scores


def union(lists: npt.NDArray[np.int32]) -> Ragged:
    """The distinct ids of several lists a row. `lists` is (lists, rows, length), -1 where there is none."""
    rows = lists.shape[1]
    merged = np.empty((rows, lists.shape[0] * lists.shape[2]), np.int32)
    lengths = np.zeros(rows, np.int64)
    over_rows(kernels.union_rows, rows, lists, merged, lengths)
    ptr = np.zeros(rows + 1, np.int64)
    np.cumsum(lengths, out=ptr[1:])
    ids = merged[np.arange(merged.shape[1]) < lengths[:, None]]
    return Ragged(ptr, ids, np.zeros(len(ids), np.float32))


def latest_of_each(rows: Ragged) -> npt.NDArray[np.bool_]:
    """For each entry, whether its id does not come again later in its row."""
    is_latest = np.empty(len(rows.ids), np.bool_)
    columns = int(rows.ids.max(initial=-1)) + 1
    over_rows(kernels.latest_rows, len(rows), rows.ptr, rows.ids, columns, is_latest)
    return is_latest


def best_entries(pairs: Ragged, count: int) -> npt.NDArray[np.int64]:
    """The entries of each row with the highest values, best first (the earlier one among equals).

    Returns:
        positions in `pairs.ids`, (rows, count), filled up with -1.
    """
    entries = np.empty((len(pairs), count), np.int64)
    over_rows(kernels.best_rows, len(pairs), pairs.ptr, pairs.values, entries)
    return entries


def target_ranks(ranking: Ragged, targets: Ragged) -> npt.NDArray[np.float64]:
    """The rank, from 1, of each target among its row's products by `ranking.values`; equals share the middle rank.

    Returns:
        one rank a target (entry of `targets`), infinite where the row does not rank the target.
    """
    ranks = np.full(len(targets.ids), np.inf)
    over_rows(
        kernels.rank_rows, len(targets), ranking.ptr, ranking.ids, ranking.values, targets.ptr, targets.ids, ranks
    )
    return ranks


def from_lists(ids: Ints, scores: Floats) -> Ragged:
    """Lists of equal length, filled up with -1, as rows."""
    filled = ids >= 0
    ptr = np.zeros(len(ids) + 1, np.int64)
    np.cumsum(filled.sum(axis=1), out=ptr[1:])
    return Ragged(ptr, ids[filled], scores[filled])


def links(history: Ragged, is_latest: npt.NDArray[np.bool_], matrix: Ragged, pairs: Ragged, columns: int) -> Floats:
    """How a row's products are linked to each wanted product by `matrix` (products x products).

    Args:
        history: rows x products.
        is_latest: (entries of history,) which ones count as the latest.

    Returns:
        (pairs, 4): products of the history that are linked, the sum of their links, the strongest link, and the sum
        over the latest.
    """
    out = np.zeros((len(pairs.ids), 4), np.float32)
    over_rows(
        kernels.link_rows, len(pairs), history.ptr, history.ids, is_latest, matrix.ptr, matrix.ids, matrix.values,
        pairs.ptr, pairs.ids, columns, out,
    )  # fmt: skip
    return out


def places(pairs: Ragged, scores: Floats) -> Floats:
    """The place, from 0, of each pair among its row's by each column of `scores`; equals share the best place."""
    out = np.empty(scores.shape, np.float32)
    over_rows(kernels.place_rows, len(pairs), pairs.ptr, scores, out)
    return out


def _unsigned(ids: Ints) -> npt.NDArray[np.uint32]:
    """The same bytes as unsigned numbers, for which compiled code need not ask whether they count from the end."""
    return ids.view(np.uint32)


def members(pairs: Ragged, rows: Ragged) -> npt.NDArray[np.bool_]:
    """(entries of pairs,) whether `rows` holds the product for the same customer."""
    found = np.empty(len(pairs.ids), np.bool_)
    products = 1 + max(int(pairs.ids.max(initial=0)), int(rows.ids.max(initial=0)))
    over_rows(ranking_kernels.member_rows, len(pairs), pairs.ptr, pairs.ids, rows.ptr, rows.ids, products, found)
    return found
