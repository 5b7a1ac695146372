"""Profiles and drift: what chance does is no drift, what a shop would call one is found and named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, ks_2samp

from models_py.monitoring import drift as d
from models_py.monitoring import profile as p

COUNTRIES = np.array(["DE", "FR", "ES", "US"])


def customers(size: int, rng: np.random.Generator, shares: tuple[float, ...] = (0.5, 0.3, 0.15, 0.05)) -> pa.Table:
    """Customers with an age, a spend that many do not have, purchases (small whole numbers), and a country."""
    spend = rng.lognormal(3, 1, size)
    return pa.table({
        "unit_id": [f"c{number}" for number in range(size)],
        "age": rng.gamma(9.0, 4.0, size),
        "spend": pa.array(spend, mask=rng.random(size) < 0.4),
        "purchases": rng.poisson(2.0, size),
        "country": rng.choice(COUNTRIES, size, p=shares),
        "is_subscribed": rng.random(size) < 0.2,
    })  # fmt: skip


def compared(before: pa.Table, after: pa.Table) -> dict[tuple[str, str], dict[str, Any]]:
    rows = d.drift(p.profile({"customers": before}), {"customers": after}).to_pylist()
    return {(row["feature"], row["aspect"]): row for row in rows}


def test_psi_is_the_sum_over_bins_that_the_textbook_says() -> None:
    # Shares of 50/50 and 60/40, with half a row more in each bin.
    before, after = np.array([500.5, 500.5]) / 1001, np.array([600.5, 400.5]) / 1001
    expected = ((after - before) * np.log(after / before)).sum()
    assert d.psi(np.array([500, 500]), np.array([600, 400])) == pytest.approx(expected)
    assert d.psi(np.array([7, 0]), np.array([7, 0])) == 0.0
    assert np.isfinite(d.psi(np.array([100, 0]), np.array([0, 100])))


@pytest.mark.parametrize("size", [30, 300, 3000])
def test_without_a_change_no_feature_alarms_more_often_than_promised(size: int) -> None:
    rng = np.random.default_rng(size)
    repetitions = 200
    alarms = sum(
        any(row["is_beyond_noise"] for row in compared(customers(size, rng), customers(size, rng)).values())
        for _ in range(repetitions)
    )
    # The chance is of any of the ten comparisons together; beyond this number, it is not that chance.
    assert alarms <= binom.ppf(0.999, repetitions, d.FALSE_ALARMS)


def test_a_small_shop_has_a_large_psi_by_chance_and_no_alarm() -> None:
    rng = np.random.default_rng(1)
    age = compared(customers(40, rng), customers(40, rng))["age", "values"]
    assert age["psi"] > 0.1  # the customary mark would have alarmed
    assert not age["is_beyond_noise"]


def test_a_change_of_countries_is_found_and_named() -> None:
    rng = np.random.default_rng(2)
    found = compared(customers(2000, rng), customers(2000, rng, (0.4, 0.2, 0.1, 0.3)))
    country = found["country", "values"]
    assert country["is_beyond_noise"]
    assert country["psi"] > 0.25
    assert country["most_changed"] == "US"
    assert country["most_changed_reference_share"] == pytest.approx(0.05, abs=0.02)
    assert country["most_changed_current_share"] == pytest.approx(0.3, abs=0.04)
    assert [key for key, row in found.items() if row["is_beyond_noise"]] == [("country", "values")]


def test_values_that_go_missing_are_a_change_of_their_own() -> None:
    rng = np.random.default_rng(3)
    before, after = customers(2000, rng), customers(2000, rng)
    age = after["age"].to_pandas().where(rng.random(2000) > 0.3)
    after = after.set_column(1, "age", pa.array(age, from_pandas=True))
    found = compared(before, after)
    assert found["age", "missing"]["is_beyond_noise"]
    assert found["age", "missing"]["most_changed_current_share"] == pytest.approx(0.7, abs=0.03)
    assert not found["age", "values"]["is_beyond_noise"]


def test_a_category_never_seen_before_counts_as_any_other() -> None:
    before = pa.table({"unit_id": [str(i) for i in range(400)], "brand": ["a", "b"] * 200})
    after = before.set_column(1, "brand", pa.array(["a", "new"] * 200))
    row = compared(before, after)["brand", "values"]
    assert row["is_beyond_noise"]
    assert {row["most_changed"]} <= {"b", p.OTHER}


def test_events_of_one_customer_are_one_opinion() -> None:
    rng = np.random.default_rng(4)

    def events(units: int) -> pa.Table:
        kind = np.repeat(rng.choice(["view", "like"], units), 50)
        return pa.table({"unit_id": np.repeat([f"c{i}" for i in range(units)], 50), "event_type": kind})

    row = compared(events(20), events(20))["event_type", "values"]
    # A thousand rows a side say nothing more than twenty customers do.
    assert (row["reference_units"], row["current_units"]) == (20, 20)
    assert not row["is_beyond_noise"]


def test_the_distance_of_numbers_is_that_of_kolmogorov_and_smirnov() -> None:
    rng = np.random.default_rng(5)
    before, after = rng.normal(size=3000), rng.normal(0.3, size=2000)
    units = [pa.array([str(i) for i in range(len(values))]) for values in (before, after)]
    row = compared(pa.table({"unit_id": units[0], "x": before}), pa.table({"unit_id": units[1], "x": after}))
    theirs = ks_2samp(before, after)
    assert row["x", "values"]["distance"] == pytest.approx(theirs.statistic, abs=1 / p.QUANTILES)
    assert row["x", "values"]["distance"] <= theirs.statistic + 1e-12
    assert row["x", "values"]["p_value"] < 1e-10


def test_bins_are_cut_at_values_that_occur_and_hold_their_upper_end() -> None:
    table = pa.table({"unit_id": [str(i) for i in range(100)], "x": [1] * 60 + [2] * 30 + [7] * 10})
    bins, counts = p.profile({"things": table})["things", "x"]
    assert bins.labels == ("up to 1", "above 1, up to 2", "above 2")
    assert counts.rows.tolist() == [60, 30, 10]


@given(st.lists(st.integers(-3, 3) | st.none(), min_size=1, max_size=60))
def test_no_row_is_lost_in_bins_and_profiles_survive_the_file(values: list[int | None]) -> None:
    table = pa.table({"unit_id": [str(i) for i in range(len(values))], "x": pa.array(values, pa.int64())})
    taken = p.profile({"things": table})
    _, counts = taken["things", "x"]
    assert counts.rows.sum() + counts.missing == len(values)
    assert p.to_table(p.from_table(p.to_table(taken))).equals(p.to_table(taken))


@given(st.lists(st.integers(0, 40), min_size=2, max_size=80))
def test_a_snapshot_does_not_drift_from_itself(values: list[int]) -> None:
    table = pa.table({"unit_id": [str(i) for i in range(len(values))], "x": values, "y": [str(v) for v in values]})
    assert {row["psi"] for row in compared(table, table).values()} == {0.0}


def test_a_feature_without_any_value_is_left_open() -> None:
    table = pa.table({"unit_id": ["a", "b"], "x": pa.array([None, None], pa.float64())})
    row = compared(table, table)["x", "values"]
    assert row["psi"] is None
    assert not row["is_beyond_noise"]


def test_features_that_came_or_went_are_not_compared() -> None:
    one = pa.table({"unit_id": ["a"], "x": [1.0], "gone": [1.0]})
    other = pa.table({"unit_id": ["a"], "x": [1.0], "came": [1.0]})
    assert {feature for feature, _ in compared(one, other)} == {"x"}
