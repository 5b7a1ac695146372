"""Paired comparisons: what pairs, what the difference is, and when it counts."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from models_py import columns as c
from models_py.evaluation.significance import COMPARISON_SCHEMA, compare, holm

Row = dict[str, object]


def results(run: str, model: str, hits: list[float], held_out: list[int] | None = None) -> list[Row]:
    return [
        {
            c.MODEL_RUN: run, "protocol": "published", "split": "test", c.CUSTOMER: f"c{i:04}", "model": model,
            "held_out": (held_out or [0] * len(hits))[i], "hit_10": hit, "ndcg_10": hit, "reciprocal_rank": hit,
        }
        for i, hit in enumerate(hits)
    ]  # fmt: skip


def compared(*models: list[Row]) -> dict[tuple[object, object], Row]:
    """The comparisons at HR@10, by rival."""
    rows = compare(pa.Table.from_pylist([row for rows in models for row in rows]), "now").to_pylist()
    return {(row["compared_run_id"], row["compared_model"]): row for row in rows if row["metric"] == "hr@10"}


def noisy(rate: float, count: int = 800, seed: int = 0) -> list[float]:
    return (np.random.default_rng(seed).random(count) < rate).astype(float).tolist()


def test_the_difference_is_of_the_same_customers() -> None:
    found = compared(results("now", "hybrid", [1, 1, 0, 0]), results("now", "item_knn", [1, 0, 0, 0]))
    row = found["now", "item_knn"]
    assert (row["users"], row["value"], row["compared_value"], row["difference"]) == (4, 0.5, 0.25, 0.25)
    assert row["p_value"] == pytest.approx(stats.ttest_rel([1, 1, 0, 0], [1, 0, 0, 0]).pvalue)


def test_a_clear_difference_is_significant_and_none_is_not() -> None:
    better, worse = noisy(0.3), noisy(0.1, seed=1)
    found = compared(results("now", "hybrid", better), results("now", "popular", worse), results("now", "twin", better))
    assert found["now", "popular"]["is_significant"]
    assert 0 < found["now", "popular"]["ci_low"] < found["now", "popular"]["difference"]
    assert found["now", "twin"]["p_value"] == 1.0
    assert not found["now", "twin"]["is_significant"]


def test_many_rivals_raise_the_bar() -> None:
    mine, rival = noisy(0.3), noisy(0.22, seed=5)
    alone = compared(results("now", "hybrid", mine), results("now", "rival", rival))["now", "rival"]
    crowd = [results("now", f"twin_{i}", mine) for i in range(20)]
    beside = compared(results("now", "hybrid", mine), results("now", "rival", rival), *crowd)["now", "rival"]
    assert alone["p_value"] == beside["p_value"]
    assert alone["is_significant"]
    assert not beside["is_significant"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_correction_is_holms(p_values: list[float]) -> None:
    expected = multipletests(p_values, method="holm")[1]
    assert holm(pd.Series(p_values, index=range(5, 5 + len(p_values)))).to_numpy() == pytest.approx(expected)


def test_the_run_before_is_compared_on_customers_who_were_asked_for_the_same() -> None:
    now = results("now", "hybrid", [1, 1, 0], held_out=[11, 12, 13])
    before = results("before", "hybrid", [0, 0, 1, 1], held_out=[11, 99, 13, 14])
    unmatched = results("older", "hybrid", [1, 1, 1], held_out=[1, 2, 3])
    found = compared(now, before, unmatched, results("before", "item_knn", [1, 1, 1]))
    assert set(found) == {("before", "hybrid")}
    row = found["before", "hybrid"]
    assert (row["users"], row["value"], row["compared_value"]) == (2, 0.5, 0.5)


def test_digests_are_compared_exactly() -> None:
    """Two digests that differ in the last bit are equal as floating-point numbers."""
    found = compared(
        results("now", "hybrid", [1, 1], held_out=[2**62, 5]), results("before", "hybrid", [0, 0], [2**62 + 1, 5])
    )
    assert found["before", "hybrid"]["users"] == 1


def test_the_order_of_rows_changes_nothing() -> None:
    rows = results("now", "hybrid", noisy(0.3)) + results("now", "popular", noisy(0.2, seed=1))
    shuffled = np.random.default_rng(0).permutation(np.array(rows, dtype=object)).tolist()
    assert compare(pa.Table.from_pylist(rows), "now").equals(compare(pa.Table.from_pylist(shuffled), "now"))


def test_nothing_to_compare_gives_no_rows() -> None:
    alone = pa.Table.from_pylist(results("now", "hybrid", [1.0, 0.0]))
    assert compare(alone, "now").equals(COMPARISON_SCHEMA.empty_table())
    assert compare(alone, "another").num_rows == 0
