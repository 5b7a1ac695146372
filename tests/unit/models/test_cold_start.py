"""Simulated newcomers: what is hidden is hidden everywhere, and what is left is the profile."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models_py.config import RunConfig
from models_py.data.assemble import Dataset, assemble
from models_py.evaluation.cold_start import Sample, draw_sample, hidden, simulate_cold_start
from models_py.evaluation.judging import Evaluation
from models_py.tables import REQUIRED_COLUMNS, Tables

# In a small shop, the usual shares are too few to see anything.
CONFIG = replace(
    RunConfig(), evaluation=replace(RunConfig().evaluation, cold_customer_share=0.5, cold_product_share=0.3)
)


@pytest.fixture(scope="module")
def shop_of_many(shop_of_seed: Callable[..., Tables]) -> Tables:
    return shop_of_seed(1, customers=120)


@pytest.fixture(scope="module")
def data(shop_of_many: Tables) -> Dataset:
    return assemble(shop_of_many)


@pytest.fixture(scope="module")
def sample(data: Dataset) -> Sample:
    return draw_sample(data, CONFIG.evaluation)


@pytest.fixture(scope="module")
def outcome(shop_of_many: Tables) -> Evaluation:
    return simulate_cold_start(shop_of_many, CONFIG, lambda _: None)


def hit_rates(outcome: Evaluation) -> dict[tuple[str, str], float]:
    rows = outcome.results.to_pylist()
    return {(row["protocol"], row["model"]): row["value"] for row in rows if row["metric"] == "hr@20"}


def test_hidden_customers_keep_a_profile_and_no_history(shop_of_many: Tables, data: Dataset, sample: Sample) -> None:
    left = hidden(shop_of_many, data, sample)
    customers = set(data.customers.names[sample.customers])
    assert customers
    with_traces = {
        field.name
        for field in fields(left)
        if "customer_id" in REQUIRED_COLUMNS[field.name]
        and customers & set(getattr(left, field.name)["customer_id"].to_pylist())
    }
    assert with_traces == {"users", "user_concerns", "user_exclusions"}
    concerns = left.user_concerns.to_pandas().query("customer_id in @customers")
    assert concerns["is_declared"].all(), "a concern that was shopped for is history"


def test_hidden_products_are_in_the_catalogue_only(shop_of_many: Tables, data: Dataset, sample: Sample) -> None:
    left = hidden(shop_of_many, data, sample)
    products = set(data.catalogue.index.names[sample.products])
    with_traces = {
        field.name
        for field in fields(left)
        if "product_id" in REQUIRED_COLUMNS[field.name]
        and products & set(getattr(left, field.name)["product_id"].to_pylist())
    }
    assert with_traces == {"dim_products", "product_terms", "exclusion_products"}


def test_what_hidden_customers_bought_changes_nothing(
    shop_of_many: Tables, data: Dataset, sample: Sample, outcome: Evaluation
) -> None:
    bought = shop_of_many.visible_purchases
    customers = pa.array(data.customers.names[sample.customers], pa.string())
    is_theirs = pc.is_in(bought["customer_id"], customers)
    theirs = bought.filter(is_theirs)
    swapped = theirs.set_column(
        theirs.column_names.index("product_id"),
        "product_id",
        theirs["product_id"].take(np.random.default_rng(3).permutation(len(theirs))),
    )
    assert not swapped.equals(theirs)
    others = replace(shop_of_many, visible_purchases=pa.concat_tables([bought.filter(pc.invert(is_theirs)), swapped]))
    again = simulate_cold_start(others, CONFIG, lambda _: None)
    assert again.results.equals(outcome.results)
    assert again.users.equals(outcome.users)


def test_only_content_knows_a_new_product(outcome: Evaluation) -> None:
    found = hit_rates(outcome)
    assert found["new_product", "most_popular"] == found["new_product", "most_popular_in_bucket"] == 0.0
    assert found["new_product", "content"] > 0.0
    assert found["new_product", "hybrid"] > 0.0


def test_every_path_is_compared_with_popularity(outcome: Evaluation) -> None:
    assert set(hit_rates(outcome)) == {
        *((protocol, model) for protocol in ("new_customer", "unknown_customer", "new_product")
          for model in ("hybrid", "most_popular", "most_popular_in_bucket")),
        ("new_customer", "bucket"), ("new_customer", "concerns"), ("unknown_customer", "bucket"),
        ("new_product", "content"),
    }  # fmt: skip


def test_nobody_and_nothing_is_new_without_the_published_protocol(shop_of_many: Tables) -> None:
    without = replace(
        shop_of_many, users=shop_of_many.users.filter(pc.not_equal(shop_of_many.users["protocol"], "published"))
    )
    outcome = simulate_cold_start(without, CONFIG, lambda _: None)
    assert outcome.results.num_rows == outcome.users.num_rows == 0
