"""The readout: which customers it compares, what it says of them, and what it refuses to say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from models_py.experiments.daily import daily
from models_py.experiments.off_policy_table import off_policy_table
from models_py.experiments.plan import ExperimentTables
from models_py.experiments.readout import readout

START = datetime(2026, 11, 1)
METRICS = [
    ("click_through_rate", "clicks", "impressions", "pre_clicks", True, "primary"),
    ("complaints", "complaints", None, None, False, "guardrail"),
    ("revenue_per_customer", "revenue_eur", None, "pre_revenue_eur", True, "secondary"),
]


def shop(
    customers: int = 400, lift: float = 0.0, lost: int = 0, as_of_day: int = 28, seed: int = 1
) -> ExperimentTables:
    """Arms `old` (control) and `new`; `lost` customers of `new` left no trace, and one saw the wrong arm."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number in range(customers):
        arm = "new" if number % 2 else "old"
        first = START + timedelta(days=float(rng.uniform(0, 27)))
        impressions = int(rng.integers(5, 30))
        past = float(rng.gamma(1.0, 20.0))
        rows.append({
            "experiment_id": "x",
            "customer_id": f"c{number}",
            "arm": arm,
            "skin_type": "dry" if number % 3 else "oily",
            "first_reason_code": "popular_now" if arm == "old" else "restock_due",
            "first_exposed_at": first,
            "outcome_ends_at": first + timedelta(days=7),
            "is_complete": first + timedelta(days=7) <= START + timedelta(days=as_of_day),
            "is_simulated": False,
            "impressions": impressions,
            "clicks": int(rng.binomial(impressions, 0.1 * (1 + lift * (arm == "new")))),
            "revenue_eur": past * float(rng.uniform(0, 0.5)),
            "complaints": 0,
            "pre_clicks": int(rng.integers(0, 9)),
            "pre_revenue_eur": past,
        })  # fmt: skip
    outcomes = pa.Table.from_pylist(
        [row for row in rows if not (row["arm"] == "new" and lost > int(row["customer_id"][1:]))]
    )
    seen = [{**row, "is_analysed": True} for row in outcomes.to_pylist()]
    seen.append({**seen[0], "customer_id": "wrong", "arm": "old", "is_analysed": False})
    names = ("metric", "numerator", "denominator", "covariate", "is_higher_better", "role")
    metrics = [dict(zip(names, row, strict=True)) for row in METRICS]
    return ExperimentTables(
        outcomes=outcomes,
        exposures=pa.Table.from_pylist(seen),
        experiments=pa.Table.from_pylist([
            {"experiment_id": "x", "starts_at": START, "ends_at": START + timedelta(days=56), "planned_customers": 300,
             "smallest_relative_effect": 0.2},
        ]),
        arms=pa.Table.from_pylist([
            {"experiment_id": "x", "arm": "new", "is_control": False, "share": 0.5},
            {"experiment_id": "x", "arm": "old", "is_control": True, "share": 0.5},
        ]),
        experiment_metrics=pa.Table.from_pylist([{"experiment_id": "x", **row} for row in metrics]),
        metrics=pa.Table.from_pylist(metrics),
        clock=pa.table({"as_of": [START + timedelta(days=as_of_day)]}),
    )  # fmt: skip


def rows_of(table: pa.Table, **wanted: str) -> list[dict[str, Any]]:
    return [row for row in table.to_pylist() if all(row[name] == value for name, value in wanted.items())]


def one(table: pa.Table, metric: str, slice_kind: str = "all", name: str = "all") -> dict[str, Any]:
    (row,) = rows_of(table, metric=metric, slice_kind=slice_kind, slice=name)
    return row


def test_the_readout_is_what_statsmodels_says_of_the_same_customers() -> None:
    tables = shop()
    found = readout(tables)
    row = one(found, "revenue_per_customer")
    complete = tables.outcomes.filter(tables.outcomes["is_complete"]).to_pandas()
    arm, control = (complete[complete["arm"] == name]["revenue_eur"].to_numpy() for name in ("new", "old"))
    theirs = CompareMeans(DescrStatsW(arm), DescrStatsW(control))
    assert (row["customers"], row["control_customers"]) == (arm.size, control.size)
    np.testing.assert_allclose(
        [row["effect"], row["ci_low"], row["ci_high"], row["p_value"]],
        [arm.mean() - control.mean(), *theirs.tconfint_diff(usevar="unequal"), theirs.ttest_ind(usevar="unequal")[1]],
        rtol=1e-9,
    )
    known = [r["p_value"] for r in rows_of(found, slice_kind="all") if r["p_value"] is not None]
    adjusted = [r["p_value_adjusted"] for r in rows_of(found, slice_kind="all") if r["p_value"] is not None]
    np.testing.assert_allclose(adjusted, multipletests(known, method="holm")[1], rtol=1e-9)
    exposed = [r["arm"] for r in tables.exposures.to_pylist()]
    expected = stats.chisquare([exposed.count("new"), exposed.count("old")]).pvalue
    np.testing.assert_allclose(row["sample_ratio_p_value"], expected, rtol=1e-9)


def test_customers_count_when_their_window_has_closed_and_not_before() -> None:
    tables = shop(as_of_day=14)
    complete = sum(tables.outcomes["is_complete"].to_pylist())
    row = one(readout(tables), "revenue_per_customer")
    assert row["customers"] + row["control_customers"] == complete < tables.outcomes.num_rows


def test_a_real_effect_is_called_better_and_none_stays_undecided() -> None:
    assert one(readout(shop(2000, lift=0.6)), "click_through_rate")["verdict"] == "better"
    assert one(readout(shop(2000)), "click_through_rate")["verdict"] == "undecided"
    assert one(readout(shop(2000, lift=-0.6)), "click_through_rate")["verdict"] == "worse"


def test_lopsided_arms_forbid_any_verdict() -> None:
    found = readout(shop(2000, lift=0.6, lost=600))
    assert {row["verdict"] for row in rows_of(found, slice_kind="all")} == {"sample_ratio_mismatch"}


def test_the_past_shortens_the_interval_of_what_it_predicts() -> None:
    row = one(readout(shop()), "revenue_per_customer")
    assert row["cuped_variance_reduction"] > 0.3
    assert row["cuped_ci_high"] - row["cuped_ci_low"] < row["ci_high"] - row["ci_low"]
    assert one(readout(shop()), "complaints")["cuped_effect"] is None


def test_a_slice_that_the_arm_decides_has_values_and_no_effect() -> None:
    row = one(readout(shop()), "click_through_rate", "first_reason_code", "restock_due")
    assert row["verdict"] == "not_comparable"
    assert row["value"] > 0
    assert row["effect"] is None
    assert one(readout(shop()), "click_through_rate", "skin_type", "oily")["effect"] is not None


def test_who_saw_a_wrong_arm_is_counted_beside() -> None:
    assert one(readout(shop()), "complaints")["excluded_customers"] == 1


def test_one_simulated_event_labels_the_whole_experiment() -> None:
    tables = shop()
    flags = pa.array([True] + [False] * (tables.exposures.num_rows - 1))
    place = tables.exposures.column_names.index("is_simulated")
    spoilt = ExperimentTables(
        **{**vars(tables), "exposures": tables.exposures.set_column(place, "is_simulated", flags)}
    )
    assert set(readout(spoilt)["is_simulated"].to_pylist()) == {True}


def test_without_exposures_there_is_an_empty_table() -> None:
    tables = shop()
    empty = ExperimentTables(
        **{**vars(tables), "exposures": tables.exposures.slice(0, 0), "outcomes": tables.outcomes.slice(0, 0)}
    )
    assert readout(empty).num_rows == daily(empty).num_rows == 0
    assert readout(empty).schema == readout(tables).schema


def test_a_metric_of_a_column_that_is_not_there_is_refused_by_name() -> None:
    tables = shop()
    with pytest.raises(ValueError, match=r"'complaints'.*'complaints'"):
        readout(ExperimentTables(**{**vars(tables), "outcomes": tables.outcomes.drop_columns(["complaints"])}))


def test_the_last_day_is_the_readout_and_no_day_knows_the_next() -> None:
    tables = shop()
    days = rows_of(daily(tables), metric="revenue_per_customer")
    assert days[-1]["effect"] == one(readout(tables), "revenue_per_customer")["effect"]
    earlier = rows_of(daily(shop(as_of_day=20)), metric="revenue_per_customer")
    # The earlier readout's last day was cut off by its clock; all before it were complete.
    assert earlier[:-1] == days[: len(earlier) - 1]


def test_the_sequential_interval_holds_the_ordinary_one_once_there_are_enough_customers() -> None:
    for row in rows_of(daily(shop()), metric="click_through_rate"):
        if min(row["customers"], row["control_customers"]) < 30:
            assert row["sequential_ci_low"] is None
        else:
            assert row["sequential_ci_low"] < row["ci_low"] < row["ci_high"] < row["sequential_ci_high"]


def test_off_policy_estimates_stand_by_arm_policy_and_estimator() -> None:
    slots = pa.table({
        "experiment_id": ["x"] * 4,
        "arm": ["new", "new", "new", "old"],
        "customer_id": ["a", "a", "b", "c"],
        "propensity": [0.5, 0.5, 0.25, 1.0],
        "is_clicked": [True, False, True, False],
        "is_recommended_now": [True, False, False, False],
        "is_simulated": [False] * 4,
    })  # fmt: skip
    found = off_policy_table(slots)
    assert found.num_rows == 12
    (row,) = rows_of(found, logging_arm="new", policy="recommended_now", estimator="ips")
    assert (row["value"], row["mean_weight"], row["effective_sample_size"]) == pytest.approx((2 / 3, 2 / 3, 1.0))
    (row,) = rows_of(found, logging_arm="new", policy="as_logged", estimator="snips")
    assert row["value"] == pytest.approx(2 / 3)
    (row,) = rows_of(found, logging_arm="old", policy="recommended_now", estimator="snips")
    assert (row["value"], row["is_learned_from_log"]) == (None, True)
    (row,) = rows_of(found, logging_arm="old", policy="without_exploration", estimator="snips")
    assert (row["value"], row["is_learned_from_log"]) == (0.0, False)
