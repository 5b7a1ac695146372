"""The kernels against scipy and numpy."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from implicit.nearest_neighbours import CosineRecommender
from scipy import sparse

from models_py.arrays.parallel import THREADS_VARIABLE
from models_py.arrays.ragged import Ragged
from models_py.arrays.scoring import (
    best_entries,
    cooccurrence_neighbours,
    from_lists,
    latest_of_each,
    score_pairs,
    target_ranks,
    top_of_dense,
    top_of_lists,
    top_products,
    union,
)


def random_rows(seed: int, rows: int, columns: int, density: float) -> Ragged:
    """Values are sixteenths, so that sums are exact in any order and ties are frequent."""
    rng = np.random.default_rng(seed)
    cells = np.argwhere(rng.random((rows, columns)) < density)
    return Ragged.from_pairs(cells[:, 0], cells[:, 1], rng.integers(1, 9, len(cells)) / 16, rows)


def dense(rows: Ragged, columns: int) -> np.ndarray:
    return sparse.csr_matrix((rows.values, rows.ids, rows.ptr), (len(rows), columns)).toarray()


def companions_by_distance(histories: Ragged) -> Ragged:
    transactions = np.arange(len(histories.ids), dtype=np.int32)
    norm, weights = np.ones(50, np.float32), np.array([1.0, 0.7, 0.3], np.float32)
    return cooccurrence_neighbours(
        histories, transactions, np.ones(60, np.float32), weights, weights / 3, norm, norm, 0.1, 10
    )


def test_the_best_products_of_a_query() -> None:
    query = Ragged.from_pairs([0, 0], [0, 1], [1.0, 0.5], 2)
    matrix = Ragged.from_pairs([0, 0, 1], [2, 3, 3], [0.4, 0.3, 0.8], 4)
    ids, scores = top_products(query, matrix, Ragged.empty(2), 4, 3)
    assert ids.tolist() == [[3, 2, -1], [-1, -1, -1]]
    assert scores[0] == pytest.approx([0.3 + 0.5 * 0.8, 0.4, 0.0])


def test_masked_products_are_not_returned() -> None:
    query = Ragged.from_pairs([0], [0], 1.0, 1)
    matrix = Ragged.from_pairs([0, 0], [1, 2], [0.9, 0.1], 3)
    ids, _ = top_products(query, matrix, Ragged.from_pairs([0], [1], 1.0, 1), 3, 2)
    assert ids.tolist() == [[2, -1]]


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 12), density=st.floats(0, 0.6))
def test_top_products_equal_a_dense_product_with_ties_to_the_lower_index(seed: int, count: int, density: float) -> None:
    query, matrix = random_rows(seed, 7, 9, density), random_rows(seed + 1, 9, 11, density)
    masked = random_rows(seed + 2, 7, 11, 0.2)
    expected = dense(query, 9) @ dense(matrix, 11)
    expected[dense(masked, 11) > 0] = 0
    order = np.argsort(-expected, axis=1, kind="stable")[:, :count]
    best = np.take_along_axis(expected, order, axis=1)
    ids, scores = top_products(query, matrix, masked, 11, count)
    assert ids[:, : order.shape[1]].tolist() == np.where(best > 0, order, -1).tolist()
    assert scores[:, : order.shape[1]] == pytest.approx(best)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 12))
def test_the_best_of_dense_rows_are_those_of_the_same_rows_as_a_sparse_product(seed: int, count: int) -> None:
    rows, masked = random_rows(seed, 7, 11, 0.6), random_rows(seed + 1, 7, 11, 0.2)
    itself = Ragged.from_pairs(range(11), range(11), 1.0, 11)
    there = dense(rows, 11)
    found = top_of_dense(np.where(there == 0, np.float32(-1), there), masked, count)  # what is below 0 is not listed
    for column, expected in zip(found, top_products(rows, itself, masked, 11, count), strict=True):
        np.testing.assert_array_equal(column, expected)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_pair_scores_equal_a_dense_product(seed: int) -> None:
    query, matrix, pairs = (random_rows(seed + i, 6, 6, 0.4) for i in range(3))
    scores, evidence = score_pairs(query, matrix, pairs, 6, with_evidence=True)
    product = dense(query, 6) @ dense(matrix, 6)
    assert scores == pytest.approx(product[pairs.row_of_entry(), pairs.ids])
    for row, column, source in zip(pairs.row_of_entry(), pairs.ids, evidence, strict=True):
        gains = dense(query, 6)[row] * dense(matrix, 6)[:, column]
        assert (source == -1) == (gains.max() == 0)
        assert source == -1 or gains[source] == gains.max()


def test_cooccurrence_counts_forwards_more_than_backwards_and_near_more_than_far() -> None:
    # One customer bought 0, then 1, then 2; another 0 and 1 in one basket.
    histories = Ragged.from_pairs([0, 0, 0, 1, 1], [0, 1, 2, 0, 1], 0.0, 2)
    transactions = np.array([1, 2, 3, 1, 1], np.int32)
    ones = np.ones(3, np.float32)
    neighbours = cooccurrence_neighbours(
        histories,
        transactions,
        np.ones(2, np.float32),
        forward=np.array([0.6, 1.0, 0.5], np.float32),
        backward=np.array([0.6, 0.3, 0.1], np.float32),
        row_norm=ones,
        column_norm=ones,
        shrinkage=1.0,
        count=2,
    )
    assert dense(neighbours, 3) * 2 == pytest.approx(
        np.array(
            [
                [0.0, 1.0 + 0.6, 0.5],
                [0.3 + 0.6, 0.0, 1.0],
                [0.1, 0.3, 0.0],
            ]
        )
    )


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 12), is_ordered=st.booleans())
def test_companions_equal_a_count_pair_by_pair(seed: int, count: int, is_ordered: bool) -> None:
    rng = np.random.default_rng(seed)
    histories = random_rows(seed, 8, 9, 0.5)
    # Weights and norms are powers of two, so that sums are exact and ties frequent.
    transactions = np.sort(rng.integers(0, 5, len(histories.ids))).astype(np.int32)
    row_weight, norm = (rng.choice([1.0, 2.0, 4.0], size).astype(np.float32) for size in (8, 9))
    forward = np.array([0.75, 1.0, 0.5] if is_ordered else [1.0], np.float32)
    backward = np.array([0.75, 0.25, 0.0] if is_ordered else [1.0], np.float32)
    expected = np.zeros((9, 9), np.float32)
    for row in range(8):
        entries = range(histories.ptr[row], histories.ptr[row + 1])
        for here, there in itertools.permutations(entries, 2):
            distance = transactions[there] - transactions[here]
            weights = forward if distance >= 0 else backward
            gain = row_weight[row] * weights[min(abs(distance), len(weights) - 1)]
            expected[histories.ids[here], histories.ids[there]] += gain
    expected /= norm[:, None] * norm
    order = np.argsort(-expected, axis=1, kind="stable")[:, :count]
    best = np.take_along_axis(expected, order, axis=1)
    neighbours = cooccurrence_neighbours(
        histories, transactions, row_weight, forward, backward, norm, norm, shrinkage=0.0, count=count
    )
    assert neighbours.ids.tolist() == order[best > 0].tolist()
    assert neighbours.values.tolist() == best[best > 0].tolist()


def test_cosine_neighbours_are_those_of_implicit() -> None:
    bought = random_rows(3, 300, 40, 0.2).with_values(1.0)
    root = np.sqrt(np.bincount(bought.ids, minlength=40)).astype(np.float32)
    once = np.ones(1, np.float32)
    ours = cooccurrence_neighbours(
        bought, np.zeros(len(bought.ids), np.int32), np.ones(300, np.float32), once, once, root, root, 0.0, count=39
    )
    theirs = CosineRecommender(K=40)
    theirs.fit(sparse.csr_matrix((bought.values, bought.ids, bought.ptr), (300, 40)), show_progress=False)
    similarity = theirs.similarity.toarray()
    np.fill_diagonal(similarity, 0)  # implicit counts a product as its own neighbour
    assert dense(ours, 40) == pytest.approx(similarity, abs=1e-6)


def test_union_drops_repeats_and_gaps() -> None:
    lists = np.array([[[3, 1, -1]], [[1, 2, -1]]], np.int32)
    assert union(lists).ids.tolist() == [1, 2, 3]


def test_a_shared_list_is_read_past_what_a_row_masks() -> None:
    ranked, scores = np.array([[2, 0, 1]], np.int32), np.array([[0.5, 0.4, 0.0]], np.float32)
    ids, _ = top_of_lists(ranked, scores, np.zeros(2, np.int32), Ragged.from_pairs([1], [2], 1.0, 2), 3, 2)
    assert ids.tolist() == [[2, 0], [0, -1]]  # product 1 scores 0: never proposed


def test_tied_targets_get_the_middle_rank() -> None:
    ranking = Ragged.from_pairs([0] * 4, [5, 6, 7, 8], [0.9, 0.5, 0.5, 0.5], 1)
    targets = Ragged.from_pairs([0, 0, 0], [5, 7, 1], 1.0, 1)
    assert target_ranks(ranking, targets).tolist() == [1.0, 3.0, np.inf]


def test_negative_sums_are_never_kept_nor_zero_ones() -> None:
    query = Ragged.from_pairs([0, 0], [0, 1], [1.0, -1.0], 1)
    matrix = Ragged.from_pairs([0, 0, 1, 1], [0, 1, 1, 2], [0.5, 0.5, 0.5, 0.5], 2)
    ids, scores = top_products(query, matrix, Ragged.empty(1), 3, 2)
    assert ids.tolist() == [[0, -1]]
    assert scores.tolist() == [[0.5, 0.0]]


def test_of_repeated_ids_the_latest_counts() -> None:
    rows = Ragged.from_pairs([0, 0, 0, 2, 2], [4, 5, 4, 4, 4], 0.0, 3)
    assert latest_of_each(rows).tolist() == [False, True, True, False, True]


def test_best_entries_are_stable() -> None:
    pairs = Ragged.from_pairs([0, 0, 0, 2], [4, 5, 6, 4], [0.1, 0.7, 0.7, 0.2], 3)
    assert best_entries(pairs, 2).tolist() == [[1, 2], [-1, -1], [3, -1]]


def test_lists_become_rows() -> None:
    rows = from_lists(np.array([[4, -1], [2, 3]], np.int32), np.array([[0.5, 0], [0.2, 0.1]], np.float32))
    assert rows.ptr.tolist() == [0, 1, 3]
    assert rows.ids.tolist() == [4, 2, 3]


def test_results_do_not_depend_on_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    cells = np.argwhere(rng.random((60, 50)) < 0.3)
    query = Ragged.from_pairs(cells[:, 0], cells[:, 1], rng.random(len(cells)), 60)
    matrix = Ragged.from_pairs(cells[:, 1], cells[:, 0], rng.random(len(cells)), 50)
    outcomes = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv(THREADS_VARIABLE, threads)
        ids, scores = top_products(query, matrix, Ragged.empty(60), 60, 10)
        companions = companions_by_distance(query)
        outcomes.append((ids.tobytes(), scores.tobytes(), companions.ids.tobytes(), companions.values.tobytes()))
    assert outcomes[0] == outcomes[1] == outcomes[2]
