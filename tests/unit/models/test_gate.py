"""The gate, and what is put before it: who may become champion."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py import columns as c
from models_py.config import RunConfig
from models_py.lifecycle.comparison import Comparison, compared
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.decisions import challenge, decisions, gate_checks
from models_py.lifecycle.gate import GUARDS_SCHEMA, Verdict, gate
from models_py.lifecycle.states import Action, Author, State
from models_py.lifecycle.violations import violations
from models_py.recommend import recommend
from models_py.registry import register
from models_py.rules.tables import RuleTables
from models_py.tables import Tables
from models_py.training import TrainedRun, train

CONFIG = RunConfig()
# Relative to a champion's value of 0.1: margins of 0.01 and 0.02.
GUARDS = pa.table(
    {
        "guard_id": ["all", "skin"],
        "metric": ["ndcg@10", "ndcg@10"],
        "slice": ["all", "skin_type_*"],
        "relative_margin": [0.1, 0.2],
        "fewest_customers": [1, 100],
    },
    GUARDS_SCHEMA,
)


def measured(**slices: tuple[float, float, int]) -> pa.Table:
    """Slices with the interval of the difference, and the number of customers."""
    rows = [
        {
            "slice": name, "metric": "ndcg@10", "users": users, "value": 0.1, "compared_value": 0.1,
            "difference": (low + high) / 2, "ci_low": low, "ci_high": high,
        }
        for name, (low, high, users) in slices.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def verdict(violations: int = 0, demand: str = "", itself: float = 0.1, **slices: tuple[float, float, int]) -> Verdict:
    comparison = Comparison(measured(**slices), measured(all=(-0.1, itself, 500)))
    return gate(comparison, GUARDS, violations, demand)


def test_better_overall_and_nowhere_worse_is_promoted() -> None:
    found = verdict(all=(0.001, 0.009, 500), skin_type_dry=(-0.019, 0.03, 200))
    assert found.is_promoted
    assert found.reasons[0].startswith("promoted: ndcg@10 of all customers")
    assert "+0.0050, interval +0.0010 to +0.0090, 500 customers" in found.reasons[0]


def test_no_worse_is_not_better() -> None:
    found = verdict(all=(-0.001, 0.009, 500))
    assert not found.is_promoted
    assert found.reasons[0].startswith("rejected: not shown to be better")


def test_drift_makes_no_worse_enough() -> None:
    found = verdict(all=(-0.009, 0.001, 500), demand="price_eur drifted")
    assert found.is_promoted and "drift demands a new run (price_eur drifted)" in found.reasons[0]
    assert not verdict(all=(-0.011, 0.001, 500), demand="price_eur drifted").is_promoted


def test_a_guarded_slice_that_may_be_worse_beyond_its_margin_stops_it() -> None:
    found = verdict(all=(0.001, 0.009, 500), skin_type_dry=(-0.021, 0.03, 200))
    assert not found.is_promoted
    assert "ndcg@10 of skin_type_dry: may be worse by more than 0.0200" in found.reasons[0]


def test_a_slice_of_too_few_customers_is_not_judged() -> None:
    found = verdict(all=(0.001, 0.009, 500), skin_type_dry=(-0.5, 0.03, 99))
    assert found.is_promoted
    assert any("99 customers are too few to judge (100 are needed)" in check.says for check in found.checks)


def test_one_violation_is_too_many() -> None:
    found = verdict(violations=1, demand="everything", all=(0.1, 0.2, 500))
    assert not found.is_promoted and found.reasons[0] == "rejected: 1 recommendations break a rule"


def test_an_artefact_that_does_worse_than_its_evaluation_is_refused() -> None:
    assert verdict(itself=0.0, all=(0.001, 0.009, 500)).is_promoted
    found = verdict(itself=-0.001, all=(0.001, 0.009, 500))
    assert not found.is_promoted and "the artefact does not keep what its evaluation says" in found.reasons[0]


def test_where_nobody_can_be_asked_nobody_is_promoted() -> None:
    nothing = measured(all=(0, 0, 1)).slice(0, 0)
    assert not gate(Comparison(nothing, nothing), GUARDS, 0, "everything").is_promoted


@given(
    low=st.floats(-0.1, 0.1), width=st.floats(0, 0.1), slice_low=st.floats(-0.1, 0.1), broken=st.integers(0, 2),
    demand=st.sampled_from(["", "drift"]),
)  # fmt: skip
def test_who_is_promoted_passed_every_check_or_was_demanded(
    low: float, width: float, slice_low: float, broken: int, demand: str
) -> None:
    found = verdict(broken, demand, all=(low, low + width, 500), skin_type_oily=(slice_low, slice_low + width, 500))
    failed = {check.check_id for check in found.checks if not check.is_passed}
    assert found.is_promoted == (not failed or (failed == {"better_overall"} and bool(demand)))
    assert found.reasons[0].startswith("promoted" if found.is_promoted else "rejected")


def routine_shop(
    make_tables: Callable[..., Tables], until: int = 5, shuffled: bool = False, customers: int = 160
) -> Tables:
    """Ten routines of six products; each customer buys in one of them, a product a day, in order from some product on.

    Args:
        until: the day that the shop is as of; purchases end there.
        shuffled: who bought what is drawn at random.
    """
    rng = np.random.default_rng(1)
    rows: dict[str, list[tuple[Any, ...]]] = {"visible_purchases": [], "users": [], "targets": []}
    for number in range(customers):
        customer = f"c{number}"
        history = [f"r{number % 10}_{(number // 10 + step) % 6}" for step in range(until)]
        views = {("published", "validation"): -2, ("published", "test"): -1, ("serving", "serving"): until}
        for (protocol, split), end in views.items():
            key, seen = (protocol, split, customer), history[:end]
            rows["users"].append((*key, "all", ("dry", "oily")[number % 2], datetime(2025, 1, until)))
            rows["visible_purchases"] += [(*key, product, at, at) for at, product in enumerate(seen, 1)]
            rows["targets"] += [(*key, product, False) for product in history[len(seen) : len(seen) + 1]]
    if shuffled:
        for name in ("visible_purchases", "targets"):
            bought = rng.permutation([row[3] for row in rows[name]])
            rows[name] = [(*row[:3], str(product), *row[4:]) for row, product in zip(rows[name], bought, strict=True)]
    products = [f"r{routine}_{step}" for routine in range(10) for step in range(6)]
    # Products of a routine are nothing like each other: only customers tell that they belong together.
    rows["dim_products"] = [(product, product.replace("_", ""), None, None, None, None, True) for product in products]
    tables = make_tables(**rows)
    bought = tables.visible_purchases
    on_day = pa.array([datetime(2025, 1, number) for number in bought[c.TRANSACTION_SEQUENCE].to_pylist()])
    return Tables(**{**tables.__dict__, "visible_purchases": bought.append_column(c.ORDERED_AT, on_day)})


def put_through(first: Tables, second: Tables, folder: Path, truth: Tables | None = None) -> Verdict:
    """A champion trained on the first tables meets a challenger trained on the second."""
    truth = truth or second
    register(first, CONFIG, folder)
    runs = register(second, CONFIG, folder, wants_challenger=True)
    found = challenge(truth, RuleTables.none(), pc.unique(truth.users[c.CUSTOMER]), runs, GUARDS, folder)
    assert found
    return found


def test_a_challenger_that_learned_from_shuffled_labels_is_refused(
    empty_tables: Callable[..., Tables], tmp_path: Path
) -> None:
    true, shuffled = routine_shop(empty_tables), routine_shop(empty_tables, shuffled=True)
    found = put_through(true, shuffled, tmp_path, truth=true)
    assert not found.is_promoted
    runs = DecisionLog(tmp_path).runs()
    assert [run.state for run in runs.by_id.values()] == [State.CHAMPION, State.REJECTED]
    told = decisions(tmp_path).to_pylist()
    assert [row["action"] for row in told] == ["trained", "promoted", "trained", "evaluated", "rejected"]
    assert told[-1]["reason"].startswith("rejected: the artefact does not keep what its evaluation says")
    checks = gate_checks(tmp_path).to_pylist()
    assert {row["check_id"] for row in checks if not row["is_passed"]} == {"artifact_keeps_its_word", "better_overall"}
    assert {row["slice"] for row in checks} == {None, "all", "skin_type_dry", "skin_type_oily"}


def test_a_challenger_that_saw_what_came_since_takes_the_place(
    empty_tables: Callable[..., Tables], tmp_path: Path
) -> None:
    found = put_through(routine_shop(empty_tables, until=1), routine_shop(empty_tables), tmp_path)
    assert found.is_promoted, found.reasons
    assert [run.state for run in DecisionLog(tmp_path).runs().by_id.values()] == [State.RETIRED, State.CHAMPION]


def test_without_a_challenger_nothing_is_decided(lively_shop: Tables, tmp_path: Path) -> None:
    runs = register(lively_shop, CONFIG, tmp_path)
    before = DecisionLog(tmp_path).read()
    assert challenge(lively_shop, RuleTables.none(), pa.array([]), runs, GUARDS, tmp_path) is None
    assert DecisionLog(tmp_path).read() == before


def test_the_champion_is_judged_without_what_came_after_its_training(empty_tables: Callable[..., Tables]) -> None:
    tables = routine_shop(empty_tables)
    run = train(tables, CONFIG)
    twin = TrainedRun(**{**run.__dict__, "run_id": "twin"})

    def difference(as_of: datetime | None) -> float:
        rows = compared(tables, run, twin, as_of).with_champion.to_pylist()
        return next(row["difference"] for row in rows if row["slice"] == "all" and row["metric"] == "ndcg@10")

    assert difference(None) == difference(datetime(2025, 2, 1)) == 0
    # On the first day alone, nobody bought one thing after another.
    assert difference(datetime(2025, 1, 1)) > 0.1


def test_violations_are_found_whoever_made_the_lists(lively_shop: Tables, trained: TrainedRun) -> None:
    fair = recommend(trained, lively_shop)
    assert violations(fair, lively_shop, RuleTables.none()) == 0
    careful = lively_shop.user_exclusions[c.CUSTOMER][0].as_py()
    sold_out = lively_shop.dim_products.filter(pc.invert(lively_shop.dim_products[c.IS_IN_STOCK]))[c.PRODUCT][0].as_py()
    foul = pa.table({c.CUSTOMER: [careful, careful, "c1"], c.PRODUCT: ["p4", "p1", sold_out]})
    assert violations(foul, lively_shop, RuleTables.none()) == 2


def test_a_conflict_with_what_is_in_use_is_a_violation(
    lively_shop: Tables, rules_of: Callable[..., RuleTables]
) -> None:
    rules = rules_of(
        user_conflicts=[
            ("serving", "serving", "c1", "sting", "b", "avoid", "They sting.", "p2"),
            ("serving", "serving", "c2", "sting", "b", "caution", "They sting.", "p2"),
        ],
        conflict_products=[("sting", "b", "p1"), ("sting", "b", "p2"), ("sting", "a", "p3")],
    )
    shown = pa.table({c.CUSTOMER: ["c1", "c1", "c1", "c2"], c.PRODUCT: ["p1", "p2", "p3", "p1"]})
    assert violations(shown, lively_shop, rules) == 1


@pytest.mark.parametrize("action", [Action.EVALUATED, Action.PROMOTED])
def test_a_rejected_run_may_be_tried_again(action: Action, tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    for step in (Action.TRAINED, Action.EVALUATED, Action.REJECTED, action):
        log.append(step, "run", Author.RETRAIN, ())
    assert log.runs().by_id["run"].state in (State.EVALUATED, State.CHAMPION)
