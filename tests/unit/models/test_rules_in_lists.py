"""The rules at work in recommendations: what a customer sees, and what is kept for the shop."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models_py.blocked import blocked
from models_py.config import RecommendConfig, RunConfig
from models_py.recommend import TooFewProductsError, recommend
from models_py.rules.config import OFF, DiversityConfig, ExplorationConfig, RulesConfig
from models_py.rules.lists import recommended_lists
from models_py.rules.tables import RuleTables
from models_py.serving import Serving
from models_py.tables import Tables
from models_py.training import TrainedRun, train

Shop = Callable[..., Tables]
Rules = Callable[..., RuleTables]
HERE = ("serving", "serving")
NAMES = ("serum", "peel", "gel", "cream", "sun", "soap")
# Everybody bought these in this order, so that the model's order is known: the earlier, the more often.
HISTORIES = {"eve": ["serum"], **{f"fan{i}": ["serum", *NAMES[1 : i + 1]] for i in range(1, 6)}}
SUN_FIRST = ("r1", "pin", "sun", 1, None)
STEPS = [("spf", "sun protection"), ("treatment", "serum or treatment")]


def run_of(tables: Tables, count: int, rules: RulesConfig) -> TrainedRun:
    return train(tables, RunConfig(recommend=RecommendConfig(count=count), rules=rules))


def eve(
    tables: Tables, rules: RuleTables, count: int = 3, config: RulesConfig = OFF, customer: str = "eve"
) -> list[dict[str, Any]]:
    listed = recommend(run_of(tables, count, config), tables, pa.array([customer]), rules=rules)
    return listed.to_pylist()


def products(rows: list[dict[str, Any]]) -> list[str]:
    return [row["product_id"] for row in rows]


def test_the_model_alone(shop: Shop, rules_of: Rules) -> None:
    rows = eve(shop(HISTORIES, list(NAMES)), rules_of())
    assert products(rows) == ["peel", "gel", "cream"]
    assert [row["model_rank"] for row in rows] == [1, 2, 3]
    assert {(row["rule_score"], row["moved_by"], row["caution"], row["propensity"]) for row in rows} == {
        (0, None, None, 1)
    }


def conflict(rules_of: Rules, severity: str) -> RuleTables:
    return rules_of(
        user_conflicts=[(*HERE, "eve", "acids", "b", severity, "They irritate.", "serum")],
        conflict_products=[("acids", "b", "peel"), ("acids", "a", "serum")],
    )


def test_what_conflicts_with_what_is_in_use_is_not_shown_and_kept_on_record(shop: Shop, rules_of: Rules) -> None:
    tables, rules = shop(HISTORIES, list(NAMES)), conflict(rules_of, "avoid")
    assert products(eve(tables, rules)) == ["gel", "cream", "sun"]
    audit = blocked(run_of(tables, 3, OFF), tables, rules).drop_columns(["model_run_id"]).to_pylist()
    assert audit == [{"customer_id": "eve", "product_id": "peel", "rank": 1}]


def test_what_should_be_used_with_care_stands_lower_and_says_so(shop: Shop, rules_of: Rules) -> None:
    tables, rules = shop(HISTORIES, list(NAMES)), conflict(rules_of, "caution")
    rows = eve(tables, rules, config=replace(OFF, caution_penalty=0.8))
    assert products(rows) == ["gel", "cream", "peel"]
    assert rows[2]["caution"] == "You use Product serum. They irritate."
    assert [row["moved_by"] for row in rows] == [None, None, "caution"]
    assert rows[0]["caution"] is None and not len(blocked(run_of(tables, 3, OFF), tables, rules))


def test_excluded_products_are_kept_on_record_too(shop: Shop, rules_of: Rules) -> None:
    tables = shop(
        HISTORIES,
        list(NAMES),
        user_exclusions=[(*HERE, "eve", "family", "fragrance")],
        exclusion_products=[("family", "fragrance", "gel"), ("family", "fragrance", "soap")],
    )
    audit = blocked(run_of(tables, 3, OFF), tables, rules_of()).to_pylist()
    # Soap is excluded as well, but would not have been in the list.
    assert [(row["product_id"], row["rank"]) for row in audit] == [("gel", 2)]


def routine(rules_of: Rules) -> RuleTables:
    return rules_of(
        missing_steps=[(*HERE, "eve", "spf")],
        steps=STEPS,
        products=[("sun", None, None, "spf"), ("peel", None, None, "treatment")],
    )


def test_a_missing_step_is_lifted_and_said(shop: Shop, rules_of: Rules) -> None:
    tables = shop(HISTORIES, list(NAMES))
    rows = eve(tables, routine(rules_of), config=replace(OFF, routine_boost=0.6))
    (lifted,) = [row for row in rows if row["product_id"] == "sun"]
    assert lifted["rank"] < lifted["model_rank"] == 4
    assert (lifted["reason_code"], lifted["routine_step"], lifted["moved_by"]) == (
        "completes_routine",
        "spf",
        "routine",
    )
    assert lifted["reason"] == "You have no sun protection in use: this completes your routine."
    assert all(row["routine_step"] is None for row in rows if row is not lifted)
    assert "sun" not in products(eve(tables, routine(rules_of)))


def test_a_boost_too_small_to_move_anything_is_no_reason(shop: Shop, rules_of: Rules) -> None:
    rows = eve(shop(HISTORIES, list(NAMES)), routine(rules_of), 5, replace(OFF, routine_boost=1e-6))
    assert {row["moved_by"] for row in rows} == {None}
    assert "completes_routine" not in {row["reason_code"] for row in rows}


def test_a_list_is_spread_over_categories(shop: Shop, rules_of: Rules) -> None:
    tables = shop(HISTORIES, list(NAMES))
    kinds = rules_of(products=[(name, None, "care" if name in {"peel", "gel"} else name, None) for name in NAMES])
    spread = replace(OFF, diversity=DiversityConfig(relevance=0.2, category=1.0, brand=0.0))
    rows = eve(tables, kinds, config=spread)
    assert products(rows) == ["peel", "cream", "sun"]
    assert [row["moved_by"] for row in rows] == [None, "diversity", "diversity"]
    assert products(eve(tables, kinds)) == ["peel", "gel", "cream"]


def test_pins_boosts_and_buries(shop: Shop, rules_of: Rules) -> None:
    tables = shop(HISTORIES, list(NAMES))
    rules = rules_of(merchandising=[("r1", "pin", "soap", 2, None), ("r2", "bury", "peel", None, 0.0)])
    rows = eve(tables, rules)
    assert products(rows) == ["gel", "soap", "cream"]
    assert (rows[1]["reason_code"], rows[1]["reason"], rows[1]["moved_by"]) == (
        "featured",
        "Picked by our team.",
        "pin",
    )
    boosted = eve(tables, rules_of(merchandising=[("r3", "boost", "cream", None, 10.0)]))
    assert (products(boosted)[0], boosted[0]["moved_by"]) == ("cream", "boost")


def test_a_pin_never_overrides_what_must_not_be_shown(shop: Shop, rules_of: Rules) -> None:
    tables = shop(
        HISTORIES,
        list(NAMES),
        user_exclusions=[(*HERE, "eve", "family", "fragrance")],
        exclusion_products=[("family", "fragrance", "soap")],
        dim_products=[(name, name, None, None, None, None, name != "sun") for name in NAMES],
    )
    # Avoided, conflicting, sold out, just bought.
    pins = [(name, "pin", name, 1, None) for name in ("soap", "peel", "sun", "serum")]
    hard = conflict(rules_of, "avoid")
    rules = replace(hard, merchandising=rules_of(merchandising=pins).merchandising)
    assert set(products(eve(tables, rules, 2))) == {"gel", "cream"}


def test_conflicts_never_give_way(shop: Shop, rules_of: Rules) -> None:
    tables = shop({"eve": ["serum"], "ann": ["serum", "peel"]}, ["serum", "peel"])
    with pytest.raises(TooFewProductsError, match="only 1 of 2 products: 2 are in stock, 1 are excluded or conflict"):
        eve(tables, conflict(rules_of, "avoid"), 2)


# ---- Exploration -----------------------------------------------------------------------------------------------------


def explorers(shop: Shop, new: int) -> Tables:
    """200 customers who bought soap, and new products like soap that nobody bought."""
    fresh = [f"new{i}" for i in range(new)]
    old = ["soap", "balm", "mask"]
    return shop(
        {f"c{i}": ["soap"] if i % 4 else old for i in range(200)},
        [*old, *fresh],
        product_terms=[(name, "category", "Soaps", 1.0) for name in ["soap", *fresh]],
    )


@pytest.mark.parametrize("new", [1, 4])
def test_some_last_slots_go_to_new_products_with_known_odds(shop: Shop, rules_of: Rules, new: int) -> None:
    tables = explorers(shop, new)
    config = replace(OFF, exploration=ExplorationConfig(share=0.3, choices=3))
    rows = recommend(run_of(tables, 2, config), tables, rules=rules_of()).to_pylist()
    assert all(row["propensity"] == 1 and not row["is_exploration"] for row in rows if row["rank"] == 1)
    last = [row for row in rows if row["rank"] == 2 and row["propensity"] < 1]
    explored = [row for row in last if row["is_exploration"]]
    assert 0.3 * len(last) / 2 < len(explored) < 0.3 * len(last) * 2
    for row in explored:
        assert row["product_id"].startswith("new")
        assert (row["reason_code"], row["moved_by"]) == ("new_arrival", "exploration")
    assert {row["propensity"] for row in last if not row["is_exploration"]} <= {0.7}
    # The draws can be repeated.
    assert recommend(run_of(tables, 2, config), tables, rules=rules_of()).to_pylist() == rows


def test_inverse_propensity_weights_estimate_what_another_policy_would_earn(shop: Shop, rules_of: Rules) -> None:
    """A policy that always gives the last slot away, uniformly, judged from many releases of one that seldom does."""
    tables = explorers(shop, 3)
    run = run_of(tables, 2, replace(OFF, exploration=ExplorationConfig(share=0.2, choices=3)))
    serving = Serving.of(run, tables, rules_of())
    worth = dict(zip(("new0", "new1", "new2"), (1.0, 0.0, 0.5), strict=True))
    estimates, counted = [], []
    for release in range(60):
        serving = replace(serving, book=replace(serving.book, clock=f"release {release}"))
        for asked in serving.asked(serving.positions(None)):
            masked = serving.bought_and_not_due(asked.customers)
            ruled = serving.lists(asked, masked)[1]
            names = asked.book.products[ruled.ids[:, -1]]
            # Those whose lists hold no new product of their own: all three are open to them.
            can = (ruled.propensity[:, -1] < 1) & (asked.customers.purchases.lengths == 1)
            other = np.array([1 / 3 if name in worth else 0.0 for name in names])
            earned = np.array([worth.get(name, 0.0) for name in names])
            weight = other / ruled.propensity[:, -1]
            estimates.append((weight * earned)[can].mean())
            counted.append(weight[can].mean())
    assert np.mean(estimates) == pytest.approx(np.mean(list(worth.values())), abs=0.05)
    assert np.mean(counted) == pytest.approx(1, abs=0.05)


def test_best_sellers_and_old_products_are_not_new(shop: Shop, rules_of: Rules) -> None:
    tables = explorers(shop, 1)
    always = replace(OFF, exploration=ExplorationConfig(share=1.0, few_sales=0))
    assert any(row["is_exploration"] for row in recommend(run_of(tables, 2, always), tables).to_pylist())
    launched = tables.dim_products.set_column(
        tables.dim_products.column_names.index("launched_on"),
        "launched_on",
        pa.array([0] * len(tables.dim_products), pa.timestamp("us")),
    )
    tables = replace(tables, dim_products=launched)
    assert not any(row["is_exploration"] for row in recommend(run_of(tables, 2, always), tables).to_pylist())


# ---- Together --------------------------------------------------------------------------------------------------------


def test_an_evaluation_sees_the_list_and_then_the_rest(shop: Shop, rules_of: Rules) -> None:
    tables = shop(HISTORIES, list(NAMES))
    rules = replace(conflict(rules_of, "avoid"), merchandising=rules_of(merchandising=[SUN_FIRST]).merchandising)
    serving = Serving.of(run_of(tables, 2, OFF), tables, rules)
    (asked,) = serving.asked(serving.positions(pa.array(["eve"])))
    customers = asked.customers
    ids, scores = recommended_lists(serving.hybrid, customers, asked.book, customers.purchases, OFF, count=2, depth=5)
    assert [asked.book.products[i] for i in ids[0] if i >= 0] == ["sun", "gel", "cream", "soap"]
    assert scores.tolist() == [[5, 4, 3, 2, 0]]


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seed=st.integers(0, 1000))
def test_no_hard_rule_is_broken_whatever_the_rules(
    lively_shop: Tables, trained: TrainedRun, rules_of: Rules, data: st.DataObject, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    names = lively_shop.dim_products["product_id"].to_pylist()
    customers = sorted(set(lively_shop.users["customer_id"].to_pylist()))
    some = lambda what, most: [what[i] for i in rng.integers(0, len(what), rng.integers(0, most + 1))]  # noqa: E731
    offended = some(customers, 20)
    rules = rules_of(
        user_conflicts=[
            (*HERE, customer, "k", "b", ("avoid", "caution")[i % 2], "Why.", names[0])
            for i, customer in enumerate(offended)
        ],
        conflict_products=[("k", "b", name) for name in sorted(set(some(names, 6)))],
        missing_steps=[(*HERE, customer, "spf") for customer in sorted(set(some(customers, 20)))],
        steps=STEPS,
        products=[(name, f"b{i % 3}", f"c{i % 4}", ("spf", "treatment")[i % 2]) for i, name in enumerate(names)],
        merchandising=[
            *((f"p{i}", "pin", name, int(rng.integers(1, 12)), None) for i, name in enumerate(some(names, 4))),
            *((f"f{i}", "boost", name, None, float(rng.uniform(0, 10))) for i, name in enumerate(some(names, 4))),
        ],
    )
    config = data.draw(
        st.builds(
            RulesConfig,
            depth=st.integers(1, 30),
            routine_boost=st.floats(0, 2),
            caution_penalty=st.floats(0, 2),
            diversity=st.builds(DiversityConfig, relevance=st.floats(0, 1)),
            exploration=st.builds(ExplorationConfig, share=st.floats(0, 1), few_sales=st.integers(0, 50)),
        )
    )
    run = replace(trained, config=replace(trained.config, rules=config))
    serving = Serving.of(run, lively_shop, rules)
    rows = recommend(run, lively_shop, rules=rules).to_pylist()
    in_stock = serving.data.catalogue.in_stock
    position = {name: i for i, name in enumerate(serving.data.catalogue.index.names)}
    row_of = {name: i for i, name in enumerate(serving.book.customers)}
    (asked,) = serving.asked(np.arange(len(serving.book)))
    forbidden = set(asked.forbidden.pairs().tolist())
    by_customer: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_customer.setdefault(row["customer_id"], []).append(row)
    assert set(by_customer) == set(customers)
    for customer, listed in by_customer.items():
        assert [row["rank"] for row in listed] == list(range(1, 11))
        assert len(set(products(listed))) == 10
        scores = [row["score"] for row in listed]
        assert scores == sorted(scores, reverse=True)
        for row in listed:
            assert in_stock[position[row["product_id"]]]
            assert row_of[customer] << 32 | position[row["product_id"]] not in forbidden
            parts = [value for name, value in row.items() if name.endswith("_score")]
            assert sum(parts) == pytest.approx(row["score"], abs=1e-4)
            assert 0 < row["propensity"] <= 1 and (row["propensity"] == 1 or row["rank"] == 10)
    audit = blocked(run, lively_shop, rules).to_pylist()
    assert not {(r["customer_id"], r["product_id"]) for r in audit} & {
        (r["customer_id"], r["product_id"]) for r in rows
    }
