"""Slices, intervals and the long table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from models_py.arrays.ragged import Ragged
from models_py.data.assemble import assemble
from models_py.evaluation.cold_start import PATHS
from models_py.evaluation.judging import (
    USER_METRICS,
    Evaluation,
    EvaluationConfig,
    evaluable_share,
    target_digests,
    violations,
)
from models_py.evaluation.protocols import View, known_products, questions
from models_py.evaluation.slices import slices
from models_py.model_evaluation import evaluate
from models_py.parts.names import ALL_PARTS
from models_py.rules.config import OFF, ExplorationConfig, RulesConfig
from models_py.rules.tables import RuleTables
from models_py.tables import Tables
from models_py.training import TrainedRun

METRICS = {"hr@5", "ndcg@5", "hr@10", "ndcg@10", "hr@20", "ndcg@20", "mrr"}
Shop = Callable[..., Tables]


def test_published_is_fitted_without_the_last_two_and_refit_without_the_last() -> None:
    validation, last = View("published", "validation"), View("refit", "test")
    both = ["published", "refit"]
    assert [q.fitted_on for q in questions("published", both)] == [validation, validation]
    assert [q.fitted_on for q in questions("refit", both)] == [validation, last]
    assert [q.fitted_on for q in questions("refit", ["refit"])] == [View("refit", "validation"), last]


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


def test_purchases_of_what_was_looked_at_before_are_a_slice_where_the_shop_tells_of_events(shop: Shop) -> None:
    targets = [("serving", "serving", name, "mask", False) for name in ("ann", "bea")]
    data = assemble(shop({"ann": ["soap"], "bea": ["soap"]}, ["soap", "mask"], targets=targets))
    silent = data.snapshot("serving", "serving")
    ann, mask = (
        index.names.tolist().index(name) for index, name in ((data.customers, "ann"), (data.catalogue.index, "mask"))
    )
    telling = replace(silent, events={"saves": Ragged.from_pairs([ann], [mask], 1.0, 2)})
    assert "target_looked_at" not in {part.name for part in slices(silent, silent, 2)}
    (looked_at,) = [part for part in slices(telling, silent, 2) if part.name == "target_looked_at"]
    assert data.customers.names[looked_at.customers].tolist() == ["ann"]


def test_customers_who_only_bought_repeats_are_counted_not_judged(shop: Shop) -> None:
    targets = [("serving", "serving", "ann", "a", True), ("serving", "serving", "bea", "b", False)]
    data = assemble(shop({"ann": ["a"], "bea": ["a"], "eve": ["a"]}, ["a", "b"], targets=targets))
    rows = evaluable_share("serving", "serving", data.snapshot("serving", "serving")).to_pylist()
    assert [(r["slice"], r["value"], r["users"]) for r in rows] == [("all", 0.5, 2), ("repeat_only", 0.0, 1)]


def test_violations_are_counted() -> None:
    excluded = Ragged.from_pairs([0, 1], [4, 5], 1.0, 2)
    assert violations(np.array([[4, 5], [4, -1]], np.int32), excluded) == 1


@pytest.fixture(scope="module")
def evaluation(lively_shop: Tables, trained: TrainedRun) -> Evaluation:
    return evaluate(lively_shop, trained, rules=RuleTables.none())


@pytest.fixture(scope="module")
def results(evaluation: Evaluation) -> pa.Table:
    return evaluation.results


def test_every_protocol_model_and_metric_is_reported_with_an_interval(results: pa.Table) -> None:
    rows = [row for row in results.to_pylist() if row["slice"] == "all" and row["metric"] in METRICS]
    assert {row["protocol"] for row in rows} == {"published", "refit", "global_time", *PATHS}
    baselines = set(EvaluationConfig().baselines)
    parts = {*ALL_PARTS, "collaborative", "recommended"} - {"repurchase"}
    for protocol in ("published", "refit", "global_time"):
        found = [(row["split"], row["model"]) for row in rows if row["protocol"] == protocol]
        assert {model for split, model in found if split == "validation"} == {"hybrid"} | baselines
        assert {model for split, model in found if split == "test"} == {"hybrid"} | baselines | parts
        assert len(found) == len(set(found)) * len(METRICS)
    assert all(row["ci_low"] <= row["value"] <= row["ci_high"] for row in rows)
    assert all(row["users"] > 0 for row in rows)


def test_validation_asks_those_whom_the_ranker_did_not_learn_from(results: pa.Table, lively_shop: Tables) -> None:
    users = {
        row["split"]: row["users"]
        for row in results.to_pylist()
        if (row["protocol"], row["model"], row["metric"], row["slice"]) == ("published", "hybrid", "hr@10", "all")
    }
    assert 0 < users["validation"] < users["test"] / 2


def test_what_is_visible_alike_is_fitted_once(lively_shop: Tables, trained: TrainedRun) -> None:
    said: list[str] = []
    evaluate(lively_shop, trained, said.append)
    of_protocols = [line for line in said if not line.startswith("cold start")]
    assert [line for line in of_protocols if "fitting on" in line or "training" in line] == [
        "global_time: fitting on what is visible at validation",
        "global_time: training the ranker",
        "global_time: fitting on what is visible at test",
        # Published at test, refit at validation and the ranker of the run are all of this one view.
        "published: fitting on what is visible at validation",
        "refit: fitting on what is visible at test",
    ]


def test_the_hybrid_never_ranks_what_a_customer_excluded(results: pa.Table) -> None:
    found = [r for r in results.to_pylist() if r["metric"].startswith("exclusion_violations")]
    assert {r["value"] for r in found if r["model"] == "hybrid"} == {0.0}
    assert any(r["value"] > 0 for r in found if r["model"] == "most_popular")


def test_repeats_are_looked_for_among_everything(results: pa.Table, lively_shop: Tables) -> None:
    """Elsewhere what the customer bought is masked, so that no repeat could be found."""
    rows = [r for r in results.to_pylist() if r["slice"] == "repeat" and r["metric"] == "hr@20"]
    assert {row["split"] for row in rows} == {"test"}
    assert {"hybrid", "repurchase", "most_popular"} <= {row["model"] for row in rows}
    held = lively_shop.targets.to_pandas().query("protocol == 'published' and split == 'test' and is_repeat")
    hybrid = next(r for r in rows if (r["protocol"], r["model"]) == ("published", "hybrid"))
    assert hybrid["users"] == held["customer_id"].nunique()
    assert hybrid["value"] > 0


@pytest.mark.parametrize(
    ("rules", "is_equal"), [(OFF, True), (RulesConfig(exploration=ExplorationConfig(share=1.0, few_sales=99)), False)]
)
def test_rules_are_evaluated_with_the_model(
    rules: RulesConfig, is_equal: bool, lively_shop: Tables, trained: TrainedRun
) -> None:
    """Rules that are switched off change nothing; those that are on are the difference to the hybrid."""
    config = replace(trained.config, rules=rules, evaluation=EvaluationConfig(baselines=()))
    rows = evaluate(lively_shop, replace(trained, config=config), rules=RuleTables.none()).results.to_pandas()
    rows = rows[(rows["protocol"] == "published") & (rows["split"] == "test") & (rows["slice"] == "all")]
    ranked = rows[rows["metric"].str.match("hr|ndcg|mrr")].set_index(["model", "metric"])["value"].round(6)
    assert ranked["recommended"].equals(ranked["hybrid"]) == is_equal


def test_keys_of_the_long_table_are_unique(results: pa.Table) -> None:
    keys = [tuple(r[k] for k in ("protocol", "split", "model", "metric", "slice")) for r in results.to_pylist()]
    assert len(keys) == len(set(keys))


def test_averages_of_single_customers_are_the_results(evaluation: Evaluation) -> None:
    users = evaluation.users.to_pandas()
    means = users.groupby(["protocol", "split", "model"])[list(USER_METRICS.values())].mean()
    for row in evaluation.results.to_pylist():
        if row["slice"] == "all" and row["metric"] in USER_METRICS and row["users"]:
            key = (row["protocol"], row["split"], row["model"])
            assert means.loc[key, USER_METRICS[row["metric"]]] == pytest.approx(row["value"])


def test_what_lists_show_together_has_an_interval(results: pa.Table) -> None:
    rows = [r for r in results.to_pylist() if r["metric"] in {"coverage@10", "gini@10", "novelty@10", "diversity@10"}]
    assert rows
    assert all(row["ci_low"] <= row["value"] <= row["ci_high"] for row in rows)
    assert any(row["ci_low"] < row["ci_high"] for row in rows)


def test_the_digest_of_targets_knows_products_and_not_their_order() -> None:
    targets = Ragged.from_pairs([0, 0, 1, 1, 2], [4, 5, 5, 4, 4], 1.0, 4)
    digests = target_digests(targets, np.array(list("abcdef"), dtype=object))
    assert digests[0] == digests[1]
    assert len(set(digests[1:].tolist())) == 3
