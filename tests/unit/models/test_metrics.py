"""Metrics, on baskets worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.arrays.ragged import Ragged
from models_py.ranking import metrics


def baskets(*sizes: int) -> Ragged:
    rows = np.repeat(np.arange(len(sizes)), sizes)
    return Ragged.from_pairs(rows, np.arange(len(rows)), 1.0, len(sizes))


def test_any_product_of_the_basket_is_a_hit() -> None:
    ranks = np.array([12.0, 3.0, 40.0])
    assert metrics.hit_rate(ranks, baskets(2, 1), 10).tolist() == [1.0, 0.0]


def test_ndcg_of_one_target_is_its_discount() -> None:
    assert metrics.ndcg(np.array([3.0]), baskets(1), 10) == pytest.approx([1 / np.log2(4)])


def test_ndcg_of_a_basket_is_relative_to_the_best_ranking() -> None:
    best = 1 + 1 / np.log2(3)
    assert metrics.ndcg(np.array([1.0, 2.0]), baskets(2), 10) == pytest.approx([1.0])
    assert metrics.ndcg(np.array([1.0, 5.0]), baskets(2), 10) == pytest.approx([(1 + 1 / np.log2(6)) / best])
    assert metrics.ndcg(np.array([1.0, 99.0, 99.0]), baskets(3), 1) == pytest.approx([1.0])


def test_reciprocal_rank_is_of_the_first_target() -> None:
    assert metrics.reciprocal_rank(np.array([4.0, 2.0, np.inf]), baskets(2, 1)).tolist() == [0.5, 0.0]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6, unique=True), st.integers(1, 10))
def test_a_better_rank_never_lowers_a_metric(ranks: list[int], improvement: int) -> None:
    before = metrics.customer_metrics(np.array(ranks, float), baskets(len(ranks)))
    assert all(0 <= value[0] <= 1 + 1e-12 for value in before.values())
    ranks[0] = max(1, ranks[0] - improvement)
    after = metrics.customer_metrics(np.array(ranks, float), baskets(len(ranks)))
    assert all(after[name][0] >= before[name][0] for name in before)
