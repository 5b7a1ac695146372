"""A run on a later day than its training: products that came since, and what must not change."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models_py import artifacts
from models_py import columns as c
from models_py.arrays.ragged import Ragged
from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.fold_in import brought_up_to_date
from models_py.recommend import recommend
from models_py.rules.tables import RuleTables
from models_py.serving import Serving
from models_py.tables import Tables
from models_py.training import TrainedRun, train

Shop = Callable[..., Tables]
TERMS = [(name, "ingredient", term, 1.0) for name, term in (("a", "rose"), ("b", "salt"), ("c", "salt"), ("d", "oil"))]


@pytest.fixture
def run(shop: Shop) -> TrainedRun:
    return train(at_training(shop), RunConfig())


def at_training(shop: Shop) -> Tables:
    return shop({"ann": ["a"], "bob": ["b", "c"], "cid": ["b", "c"]}, ["a", "b", "c", "d"], product_terms=TERMS)


def a_month_later(shop: Shop) -> Tables:
    """A rose water has come: Eve, a new customer, bought it; nobody else did."""
    return shop(
        {"ann": ["a"], "bob": ["b", "c"], "cid": ["b", "c"], "eve": ["new"]},
        ["a", "b", "c", "d", "new"],
        product_terms=[*TERMS, ("new", "ingredient", "rose", 1.0)],
    )


def proposed(run: TrainedRun, tables: Tables, part: str) -> dict[str, list[str]]:
    """What a part proposes to each customer, best first."""
    serving = Serving.of(run, tables, RuleTables.none())
    ids, _ = serving.hybrid.parts[part].propose(serving.snapshot, Ragged.empty(len(serving.snapshot)), 3)
    names = serving.data.catalogue.index.names
    return {
        customer: [str(names[product]) for product in row if product >= 0]
        for customer, row in zip(serving.data.customers.names, ids, strict=True)
    }


def test_a_product_that_came_after_the_training_is_found_by_what_it_is_made_of(run: TrainedRun, shop: Shop) -> None:
    tables = a_month_later(shop)
    assert "new" not in proposed(run, tables, "content")["ann"], "the run as trained cannot know it"
    renewed = brought_up_to_date(run, tables, run.config)
    assert proposed(renewed, tables, "content")["ann"][0] == "new"


def test_a_customer_who_came_with_a_new_product_is_answered_by_its_likes(run: TrainedRun, shop: Shop) -> None:
    tables = a_month_later(shop)
    renewed = brought_up_to_date(run, tables, run.config)
    assert proposed(renewed, tables, "content")["eve"][0] == "a"
    assert proposed(run, tables, "companions_of_similar")["eve"] == []
    assert "c" in proposed(renewed, tables, "companions_of_similar")["eve"], (
        "what goes with b, which is a little like it"
    )


def test_what_others_bought_says_nothing_of_a_new_product_until_the_next_training(run: TrainedRun, shop: Shop) -> None:
    tables = a_month_later(shop)
    renewed = brought_up_to_date(run, tables, run.config)
    for part in ("item_to_item", "sparse_linear", "user_knn"):
        assert proposed(renewed, tables, part)["eve"] == []
        assert not any("new" in products for products in proposed(renewed, tables, part).values())


def test_on_the_day_of_its_training_a_run_is_itself(lively_shop: Tables, trained: TrainedRun, tmp_path: Path) -> None:
    renewed = brought_up_to_date(trained, lively_shop, trained.config)
    for folder, saved in (("as_trained", trained), ("renewed", renewed)):
        artifacts.save(saved, tmp_path / folder)
    for name in (artifacts.ARRAYS_FILE, artifacts.FACTS_FILE):
        assert (tmp_path / "as_trained" / name).read_bytes() == (tmp_path / "renewed" / name).read_bytes()


def test_a_renewed_run_survives_being_saved(run: TrainedRun, shop: Shop, tmp_path: Path) -> None:
    tables = a_month_later(shop)
    config = replace(run.config, recommend=replace(run.config.recommend, count=2))
    renewed = brought_up_to_date(run, tables, config)
    artifacts.save(renewed, tmp_path)
    rows = recommend(artifacts.load(tmp_path), tables)
    assert rows.equals(recommend(renewed, tables))
    assert len(rows) == 2 * 4, "how many are shown is no question of training"


def test_sales_since_the_training_count(lively_shop: Tables, trained: TrainedRun) -> None:
    bought = lively_shop.visible_purchases
    at = pc.cast(pc.multiply(pc.cast(bought[c.TRANSACTION_SEQUENCE], pa.int64()), 86_400_000_000), pa.timestamp("us"))
    dated = Tables(**{**lively_shop.__dict__, "visible_purchases": bought.append_column(c.ORDERED_AT, at)})
    serving = assemble(dated).snapshot(c.SERVING, c.SERVING)
    assert not len(trained.hybrid.source.sales.sales.ids)
    sales = brought_up_to_date(trained, dated, trained.config).hybrid.source.sales.sales
    assert len(sales.ids) == len(serving.purchases.ids) and np.all(np.diff(sales.values[: sales.ptr[1]]) >= 0)
