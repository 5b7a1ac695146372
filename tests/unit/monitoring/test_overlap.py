"""Overlap of ranked lists, beside the definitions of Jaccard and rank-biased overlap taken literally."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.monitoring.overlap import PERSISTENCE, list_overlap

ranking = st.lists(st.sampled_from("abcdefghijkl"), min_size=1, max_size=10, unique=True)


def lists(**products: Sequence[str]) -> pa.Table:
    rows = [(who, place + 1, product) for who, items in products.items() for place, product in enumerate(items)]
    return pa.table(dict(zip(("customer_id", "rank", "product_id"), zip(*rows, strict=True), strict=True)))


def overlap(before: Sequence[str], after: Sequence[str]) -> tuple[float, float]:
    found = list_overlap(lists(ann=before), lists(ann=after)).to_pylist()[0]
    return found["jaccard"], found["rank_biased_overlap"]


def literal_overlap(one: Sequence[str], other: Sequence[str], p: float = PERSISTENCE) -> float:
    """Equation 32 of Webber, Moffat & Zobel 2010, term by term."""
    short, long = sorted((one, other), key=len)
    s, length = len(short), len(long)
    common = {d: len(set(short[:d]) & set(long[:d])) for d in range(1, length + 1)}
    seen = sum(common[d] / d * p**d for d in range(1, length + 1))
    unseen = sum(common[s] * (d - s) / (s * d) * p**d for d in range(s + 1, length + 1))
    at_end = (common[length] - common[s]) / length + common[s] / s
    return (1 - p) / p * (seen + unseen) + at_end * p**length


def test_equal_lists_overlap_wholly_and_disjoint_ones_not_at_all() -> None:
    assert overlap("abcde", "abcde") == pytest.approx((1.0, 1.0))
    assert overlap("abcde", "vwxyz") == (0.0, 0.0)


def test_a_change_at_the_top_weighs_more_than_one_at_the_end() -> None:
    top, end = overlap("abcde", "xbcde"), overlap("abcde", "abcdx")
    assert top[0] == end[0] == pytest.approx(4 / 6)
    assert top[1] < end[1] < 1


@given(ranking, ranking)
def test_it_is_the_published_measure(before: list[str], after: list[str]) -> None:
    jaccard, biased = overlap(before, after)
    assert jaccard == pytest.approx(len({*before} & {*after}) / len({*before} | {*after}))
    assert biased == pytest.approx(literal_overlap(before, after), abs=1e-12)
    assert overlap(after, before) == pytest.approx((jaccard, biased), abs=1e-12)
    assert -1e-12 <= biased <= 1 + 1e-12


def test_customers_with_one_list_only_are_left_out() -> None:
    found = list_overlap(lists(ann="ab", bea="ab"), lists(bea="bc", cat="ab"))
    assert found["customer_id"].to_pylist() == ["bea"]


def test_nobody_in_common_is_an_empty_table() -> None:
    assert list_overlap(lists(ann="ab"), lists(bea="ab")).num_rows == 0


def test_an_impossible_persistence_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        list_overlap(lists(ann="ab"), lists(ann="ab"), persistence=1.0)
