"""Slices, intervals and the long table."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from models_py.assemble import assemble
from models_py.evaluation import evaluable_share, violations
from models_py.protocols import known_products, questions
from models_py.ragged import Ragged
from models_py.slices import slices
from models_py.tables import Tables
from models_py.training import TrainedRun, evaluate

METRICS = {"hr@5", "ndcg@5", "hr@10", "ndcg@10", "hr@20", "ndcg@20", "mrr"}
Shop = Callable[..., Tables]


def test_published_is_fitted_without_the_last_two_and_refit_without_the_last() -> None:
    assert [(q.split, q.fit_split) for q in questions("published")] == [
        ("validation", "validation"),
        ("test", "validation"),
    ]
    assert [(q.split, q.fit_split) for q in questions("refit")] == [("validation", "validation"), ("test", "test")]


def test_products_from_after_the_cutoff_do_not_exist_under_global_time(shop: Shop) -> None:
    launched = {"sold": None, "new": datetime(2025, 12, 1), "future": datetime(2026, 2, 1), "unsold": None}
    products = [(name, name, None, None, None, day, True) for name, day in launched.items()]
    data = assemble(shop({"eve": ["sold"]}, list(launched), dim_products=products))
    snapshot = data.snapshot("serving", "serving")
    known = known_products("global_time", snapshot, data.catalogue)
    assert set(data.catalogue.index.names[known]) == {"sold", "new"}
    assert known_products("published", snapshot, data.catalogue).all()


def test_customers_are_sliced_by_history_and_targets_by_sales(shop: Shop) -> None:
    bought = {"heavy": [f"p{i}" for i in range(10)], "light": ["p0"], "none": []}
    targets = [("serving", "serving", name, target, False) for name, target in [("light", "p1"), ("none", "cold")]]
    data = assemble(shop(bought, [*(f"p{i}" for i in range(10)), "cold"], targets=targets))
    snapshot = data.snapshot("serving", "serving")
    names = data.customers.names
    members = {s.name: set(names[s.customers]) for s in slices(snapshot, snapshot, len(data.catalogue))}
    assert members["all"] == {"heavy", "light", "none"}
    assert members["history_heavy"] == {"heavy"}
    assert members["history_none"] == {"none"}
    assert members["skin_type_dry"] == {"heavy", "light", "none"}
    assert members["target_cold"] == {"none"}
    assert members["target_head"] | members["target_tail"] == {"light"}


def test_customers_who_only_bought_repeats_are_counted_not_judged(shop: Shop) -> None:
    targets = [("serving", "serving", "ann", "a", True), ("serving", "serving", "bea", "b", False)]
    data = assemble(shop({"ann": ["a"], "bea": ["a"], "eve": ["a"]}, ["a", "b"], targets=targets))
    rows = evaluable_share("serving", "serving", data.snapshot("serving", "serving")).to_pylist()
    assert [(r["slice"], r["value"], r["users"]) for r in rows] == [("all", 0.5, 2), ("repeat_only", 0.0, 1)]


def test_violations_are_counted() -> None:
    excluded = Ragged.from_pairs([0, 1], [4, 5], 1.0, 2)
    assert violations(np.array([[4, 5], [4, -1]], np.int32), excluded) == 1


@pytest.fixture(scope="module")
def results(lively_shop: Tables, trained: TrainedRun) -> pa.Table:
    return evaluate(lively_shop, trained)


def test_every_protocol_model_and_metric_is_reported_with_an_interval(results: pa.Table) -> None:
    rows = [row for row in results.to_pylist() if row["slice"] == "all" and row["metric"] in METRICS]
    assert {row["protocol"] for row in rows} == {"published", "refit", "global_time"}
    models = {"hybrid", "content", "collaborative", "bucket", "most_popular", "most_popular_in_bucket", "item_knn"}
    assert {row["model"] for row in rows} == models
    assert len(rows) == 3 * 2 * len(models) * len(METRICS)
    assert all(row["ci_low"] <= row["value"] <= row["ci_high"] for row in rows)
    assert all(row["users"] > 0 for row in rows)


def test_the_hybrid_never_ranks_what_a_customer_excluded(results: pa.Table) -> None:
    found = [r for r in results.to_pylist() if r["metric"].startswith("exclusion_violations")]
    assert {r["value"] for r in found if r["model"] == "hybrid"} == {0.0}
    assert any(r["value"] > 0 for r in found if r["model"] == "most_popular")


def test_keys_of_the_long_table_are_unique(results: pa.Table) -> None:
    keys = [tuple(r[k] for k in ("protocol", "split", "model", "metric", "slice")) for r in results.to_pylist()]
    assert len(keys) == len(set(keys))
