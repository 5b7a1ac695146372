"""Lists that are made together are the lists that would be made apart."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from models_py.arrays.parallel import THREADS_VARIABLE
from models_py.evaluation.judging import Lists
from models_py.evaluation.ranked_lists import (
    COLLABORATIVE_MODEL,
    HYBRID,
    RECOMMENDED,
    Shown,
    hybrid_lists,
    lists_of_all,
)
from models_py.parts.names import COLLABORATIVE, REPURCHASE
from models_py.ranking.hybrid import Hybrid
from models_py.rules.config import ExplorationConfig, RulesConfig
from models_py.rules.lists import recommended_lists
from models_py.rules.tables import RuleTables
from models_py.serving import Serving
from models_py.tables import Tables
from models_py.training import TrainedRun

Rules = Callable[..., RuleTables]
HERE = ("serving", "serving")
EXPLORING = RulesConfig(exploration=ExplorationConfig(share=1.0, few_sales=99))


def equal(found: Lists, expected: Lists) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("depth", [5, 20])
@pytest.mark.parametrize("with_conflicts", [False, True])
def test_lists_made_together_are_those_made_apart(
    depth: int, with_conflicts: bool, lively_shop: Tables, trained: TrainedRun, rules_of: Rules
) -> None:
    bought = lively_shop.visible_purchases["product_id"].to_pylist()
    customers = sorted(set(lively_shop.users["customer_id"].to_pylist()))
    rules = rules_of(
        user_conflicts=[(*HERE, name, "k", "b", "avoid", "Why.", bought[0]) for name in customers[::3]],
        conflict_products=[("k", "b", product) for product in sorted(set(bought))[::2]],
    )
    serving = Serving.of(trained, lively_shop, rules if with_conflicts else rules_of())
    (asked,) = serving.asked(serving.positions(None))
    # Fewer proposals than are asked for, and more.
    hybrid = replace(serving.hybrid, per_part=8)
    masked = asked.customers.purchases.joined(asked.customers.excluded)

    lists = lists_of_all(hybrid, asked.customers, masked, depth, Shown(asked.book, EXPLORING, 3))

    assert equal(lists[HYBRID], hybrid_lists(hybrid, asked.customers, masked, depth))
    shown = recommended_lists(hybrid, asked.customers, asked.book, asked.customers.purchases, EXPLORING, 3, depth)
    assert equal(lists[RECOMMENDED], shown)
    parts = set(hybrid.parts) - {REPURCHASE}
    assert all(equal(lists[name], hybrid.parts[name].propose(asked.customers, masked, depth)) for name in parts)
    learned = {name: part for name, part in hybrid.parts.items() if name in COLLABORATIVE}
    together = Hybrid.of(replace(hybrid.source, parts=learned), hybrid.ranker, hybrid.per_part)
    assert equal(lists[COLLABORATIVE_MODEL], hybrid_lists(together, asked.customers, masked, depth))
    assert set(lists) == {HYBRID, COLLABORATIVE_MODEL, RECOMMENDED} | parts


def test_blocks_ranked_beside_each_other_come_back_in_their_order(
    lively_shop: Tables, trained: TrainedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = Serving.of(trained, lively_shop, RuleTables.none())
    (asked,) = serving.asked(serving.positions(None))

    def made() -> dict[str, Lists]:
        shown = Shown(asked.book, EXPLORING, 3)
        return lists_of_all(serving.hybrid, asked.customers, asked.customers.purchases, 5, shown)

    at_once = made()
    monkeypatch.setattr("models_py.ranking.hybrid.BLOCK", 7)
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    in_blocks = made()
    assert list(in_blocks) == list(at_once)
    assert all(equal(in_blocks[model], lists) for model, lists in at_once.items())


def test_nobody_gets_no_lists_of_every_model(lively_shop: Tables, trained: TrainedRun) -> None:
    serving = Serving.of(trained, lively_shop, RuleTables.none())
    (asked,) = serving.asked(serving.positions(pa.array(lively_shop.users["customer_id"].to_pylist()[:1])))
    nobody = np.empty(0, np.int64)
    customers = asked.customers.rows(nobody)
    lists = lists_of_all(
        serving.hybrid, customers, customers.purchases, 5, Shown(asked.book.rows(nobody), EXPLORING, 3)
    )
    assert {HYBRID, RECOMMENDED, COLLABORATIVE_MODEL} <= set(lists)
    assert {ids.shape for ids, _ in lists.values()} == {(0, 5)}
