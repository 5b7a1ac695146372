"""Each rule by itself, on the smallest arrays that show it."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.arrays.index import Index
from models_py.arrays.ragged import Ragged
from models_py.rules import conflicts, merchandising, routine
from models_py.rules.chance import draws
from models_py.rules.config import DiversityConfig, ExplorationConfig, RulesConfig
from models_py.rules.conflicts import Case, values_at
from models_py.rules.diversity import most_relevant_and_unlike
from models_py.rules.merchandising import Pin, around_pins, pinned_products
from models_py.rules.slots import falling, places_of
from models_py.rules.tables import SCHEMAS, RuleTables
from models_py.tables import MissingColumnsError


def ints(*rows: list[int]) -> Any:
    return np.array(rows, np.int32)


def table(name: str, *rows: tuple[Any, ...]) -> pa.Table:
    schema = SCHEMAS[name]
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)


def index(*ids: str) -> Index:
    return Index(pa.array(ids))


# ---- Conflicts -------------------------------------------------------------------------------------------------------


def test_what_is_in_use_forbids_the_other_side_and_never_itself() -> None:
    # A night serum and a peel with retinol of its own; the wash is only to be used with care.
    products = index("serum", "peel", "wash", "soap")
    found = conflicts.resolve(
        table(
            "user_conflicts",
            ("serving", "serving", "eve", "acids", "b", "avoid", "They peel.", "serum"),
            ("serving", "serving", "eve", "acids", "b", "avoid", "They peel.", "peel"),
            ("serving", "serving", "eve", "peroxide", "b", "caution", "They dry.", "serum"),
            ("serving", "serving", "stranger", "acids", "b", "avoid", "They peel.", "serum"),
        ),
        table("conflict_products", ("acids", "b", "peel"), ("peroxide", "b", "wash"), ("acids", "a", "serum")),
        index("ann", "eve"),
        products,
    )
    assert found.forbidden.slice(0, 1).ids.tolist() == []
    assert found.forbidden.slice(1, 2).ids.tolist() == [1]
    assert values_at(found.cautions, ints([0, 1, 2, -1], [0, 1, 2, -1])).tolist() == [[-1] * 4, [-1, -1, 0, -1]]
    assert found.cases == (Case("They dry.", in_use=0),)


def test_a_conflict_with_oneself_is_none() -> None:
    found = conflicts.resolve(
        table("user_conflicts", ("serving", "serving", "eve", "acids", "b", "avoid", "They peel.", "peel")),
        table("conflict_products", ("acids", "b", "peel")),
        index("eve"),
        index("peel"),
    )
    assert found.forbidden.ids.tolist() == []


# ---- Routine ---------------------------------------------------------------------------------------------------------


def test_one_product_for_each_missing_step() -> None:
    cleanser, spf = 0, 1
    step_of_product = np.array([spf, spf, cleanser, -1], np.int32)
    missing = Ragged.from_pairs([0, 1, 1], [spf, spf, cleanser], 1.0, 3)
    ids = ints([3, 1, 0, 2], [2, 0, 1, -1], [0, 1, 2, 3])
    expected = [[False, True, False, False], [True, True, False, False], [False] * 4]
    assert routine.first_of_missing_steps(ids, step_of_product, missing).tolist() == expected


# ---- Diversity -------------------------------------------------------------------------------------------------------


def chosen(relevance: list[float], categories: list[int], brands: list[int], config: DiversityConfig) -> list[int]:
    columns = most_relevant_and_unlike(
        np.array([relevance], np.float32), ints(categories), ints(brands), len(relevance), config
    )
    return columns[0].tolist()  # type: ignore[no-any-return]


def test_alike_products_stand_apart() -> None:
    relevance, categories, brands = [1.0, 0.9, 0.8, 0.1], [0, 0, 1, 2], [0, 0, 1, 2]
    # The second is the first's twin: 0.7 * 0.9 - 0.3 * 1 = 0.33 is less than 0.7 * 0.8 = 0.56, and more than 0.07.
    assert chosen(relevance, categories, brands, DiversityConfig(relevance=0.7)) == [0, 2, 1, 3]
    assert chosen(relevance, categories, brands, DiversityConfig(relevance=1.0)) == [0, 1, 2, 3]
    assert chosen(relevance, categories, brands, DiversityConfig(relevance=0.0)) == [0, 2, 3, 1]


def test_what_is_unknown_is_like_nothing_and_gaps_stay_at_the_end() -> None:
    assert chosen([1.0, 0.9, -np.inf], [-1, -1, -1], [-1, -1, -1], DiversityConfig(relevance=0.1)) == [0, 1, -1]


@given(
    scores=st.lists(st.floats(0, 1, width=32), min_size=1, max_size=12),
    seed=st.integers(0, 100),
    weight=st.floats(0, 1),
)
def test_every_product_is_chosen_once(scores: list[float], seed: int, weight: float) -> None:
    rng = np.random.default_rng(seed)
    codes = [rng.integers(-1, 3, len(scores)).tolist() for _ in range(2)]
    order = chosen(sorted(scores, reverse=True), codes[0], codes[1], DiversityConfig(relevance=weight))
    assert sorted(order) == list(range(len(scores)))
    assert order[0] == 0 or weight == 0 or scores.count(max(scores)) > 1


# ---- Merchandising ---------------------------------------------------------------------------------------------------


def test_pins_take_their_slots_unless_forbidden_or_sold_out() -> None:
    pins = (Pin(product=7, slot=1), Pin(product=8, slot=1), Pin(product=9, slot=0))
    in_stock = np.arange(10) != 9
    masked = Ragged.from_pairs([1], [7], 1.0, 2)
    # The second pin of one slot moves on; the one out of stock stands nowhere.
    assert pinned_products(pins, in_stock, masked, 3).tolist() == [[-1, 7, 8], [-1, 8, -1]]


def test_everything_else_keeps_its_order_around_pins() -> None:
    # Product 7 stood in the list anyway: it moves, and does not stand there twice.
    assert around_pins(ints([5, 7, 6]), ints([7, -1, -1])).tolist() == [[-1, 0, 2]]
    assert around_pins(ints([5, -1, -1]), ints([-1, 7, -1])).tolist() == [[0, -1, -1]]


def test_wishes_are_resolved_to_products_and_factors_multiply() -> None:
    wishes = merchandising.resolve(
        table(
            "merchandising",
            ("later", "pin", "b", 2, None),
            ("first", "pin", "a", 1, None),
            ("brand", "boost", "b", None, 2.0),
            ("aisle", "bury", "b", None, 0.25),
            ("gone", "bury", "unknown", None, 0.0),
        ),
        index("a", "b"),
    )
    assert wishes.pins == (Pin(0, 0), Pin(1, 1))
    assert wishes.factors.tolist() == [1.0, 0.5]


@pytest.mark.parametrize("row", [("bad", "pin", "a", None, None), ("bad", "boost", "a", None, None)])
def test_a_wish_that_cannot_be_followed_is_named(row: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="merchandising rule 'bad'"):
        merchandising.resolve(table("merchandising", row), index("a"))


# ---- What they share -------------------------------------------------------------------------------------------------


def test_draws_are_those_of_the_warehouse() -> None:
    # As in hash_fraction_equals_the_python_one.sql.
    assert draws(["C00001", "C00002"], "split").tolist() == [0.07567692067633969, 0.060115543593848964]


def test_scores_never_rise_and_a_lifted_product_gets_the_best_score_below_it() -> None:
    scores = np.array([[3, 1, 2, 9], [-1, -2, 5, 5]], np.float32)
    known = np.array([[True, True, True, False], [True, True, False, False]])
    assert falling(scores, known).tolist() == [[3, 2, 2, 0], [-1, -2, -2, -2]]


def test_places_are_found_in_the_same_row() -> None:
    assert places_of(ints([5, -1], [6, 5]), ints([6, 5, -1], [6, 7, -1])).tolist() == [[1, -1], [0, -1]]


def test_a_rule_table_without_a_column_is_named() -> None:
    tables = {name: schema.empty_table() for name, schema in SCHEMAS.items()}
    with pytest.raises(MissingColumnsError, match="table 'steps' lacks the column"):
        RuleTables(**{**tables, "steps": tables["steps"].drop_columns(["step_name"])})


def test_shares_lie_between_nothing_and_everything() -> None:
    with pytest.raises(ValueError, match="share lies between 0 and 1"):
        RulesConfig(exploration=ExplorationConfig(share=1.5))
    with pytest.raises(ValueError, match="relevance lies between 0 and 1"):
        RulesConfig(diversity=DiversityConfig(relevance=-1))
