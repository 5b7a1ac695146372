"""Small shops, as the tables that the library reads."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models_py.config import RunConfig
from models_py.rules.tables import SCHEMAS as RULE_SCHEMAS
from models_py.rules.tables import RuleTables
from models_py.tables import Tables
from models_py.training import TrainedRun, train

Rows = list[tuple[Any, ...]]

SCHEMAS = {
    "visible_purchases": "protocol split customer_id product_id transaction_sequence:i line_sequence:i",
    "targets": "protocol split customer_id product_id is_repeat:b",
    "users": "protocol split customer_id bucket_id skin_type cutoff_at:t",
    "buckets": "bucket_id level:i parent_bucket_id",
    "product_terms": "product_id term_kind term weight:f",
    "dim_products": "product_id product_name brand description claims_text launched_on:t is_in_stock:b",
    "products": "protocol split product_id repurchase_rate:f",
    "user_products": "protocol split customer_id product_id times_bought:i last_bought_at:t due_at:t is_due:b rating:f",
    "user_concerns": "protocol split customer_id concern_id shopped_weight:f is_declared:b",
    "user_exclusions": "protocol split customer_id exclusion_kind exclusion_id",
    "exclusion_products": "exclusion_kind exclusion_id product_id",
}
TYPES = {"": pa.string(), "i": pa.int64(), "f": pa.float64(), "b": pa.bool_(), "t": pa.timestamp("us")}
DEFAULTS: dict[str, Rows] = {"buckets": [("all", 0, None), ("dry", 1, "all"), ("oily", 1, "all")]}


def table(name: str, rows: Rows) -> pa.Table:
    columns = [[*column.split(":"), ""][:2] for column in SCHEMAS[name].split()]
    return pa.table(
        {column: pa.array([row[i] for row in rows], TYPES[kind]) for i, (column, kind) in enumerate(columns)}
    )


def make_tables(**rows: Rows) -> Tables:
    return Tables(**{name: table(name, rows.get(name, DEFAULTS.get(name, []))) for name in SCHEMAS})


def make_rules(**rows: Rows) -> RuleTables:
    """What the rules know; tables that are not named are empty."""
    return RuleTables(
        **{
            name: pa.Table.from_pylist(
                [dict(zip(schema.names, row, strict=True)) for row in rows.get(name, [])], schema
            )
            for name, schema in RULE_SCHEMAS.items()
        }
    )


def serving_shop(purchases: dict[str, list[str]], products: list[str], **rows: Rows) -> Tables:
    """A shop at (serving, serving): each customer's products, oldest first, one transaction each."""
    now = datetime(2026, 1, 1)
    defaults: dict[str, Rows] = {
        "visible_purchases": [
            ("serving", "serving", customer, product, i, i)
            for customer, bought in purchases.items()
            for i, product in enumerate(bought, 1)
        ],
        "users": [("serving", "serving", customer, "all", "dry", now) for customer in purchases],
        "dim_products": [(product, f"Product {product}", None, None, None, None, True) for product in products],
    }
    return make_tables(**{**defaults, **rows})


def random_shop(seed: int, customers: int = 40, products: int = 25) -> Tables:
    """A shop with every kind of row, under the protocols published, refit and global_time, and serving."""
    rng = np.random.default_rng(seed)
    start = datetime(2025, 1, 1)
    names = [f"p{i}" for i in range(products)]
    rows: dict[str, Rows] = {name: [] for name in SCHEMAS}
    rows["buckets"] = DEFAULTS["buckets"]
    for i, name in enumerate(names):
        rows["dim_products"].append((name, f"Cream {i % 4} {name}", f"brand {i % 5}", None, None, start, i % 9 > 0))
        for ingredient in rng.choice(8, 3, replace=False):
            rows["product_terms"].append((name, "ingredient", f"ingredient_{ingredient}", 1.0))
        rows["product_terms"].append((name, "concern", ("acne", "dryness")[i % 2], 1.0))
        rows["products"].append(("serving", "serving", name, 0.3))
    rows["exclusion_products"] = [("family", "fragrance", name) for name in names[::4]]
    for number in range(customers):
        customer = f"c{number}"
        history = [names[i] for i in (rng.zipf(1.6, rng.integers(0, 9)) + number) % products]
        skin = ("dry", "oily")[number % 2]
        views = {
            ("published", "validation"): (history[:-2], history[-2:-1]),
            ("published", "test"): (history[:-1], history[-1:]),
            ("refit", "validation"): (history[:-2], history[-2:-1]),
            ("refit", "test"): (history[:-1], history[-1:]),
            ("global_time", "validation"): (history[:3], history[3:4]),
            ("global_time", "test"): (history[:4], history[4:5]),
            ("serving", "serving"): (history, []),
        }
        for (protocol, split), (seen, held) in views.items():
            key = (protocol, split, customer)
            rows["users"].append((*key, skin, skin, start + timedelta(days=100)))
            rows["visible_purchases"] += [(*key, product, i, i) for i, product in enumerate(seen, 1)]
            rows["targets"] += [(*key, product, product in seen) for product in held]
            rows["user_concerns"].append((*key, ("acne", "dryness")[number % 2], 0.5, number % 3 == 0))
            if number % 5 == 0:
                rows["user_exclusions"].append((*key, "family", "fragrance"))
            for product in sorted(set(seen)):
                is_due = bool(rng.random() < 0.3)
                rating = float(rng.integers(1, 6))
                bought, due = start + timedelta(days=10), start + timedelta(days=90)
                rows["user_products"].append((*key, product, seen.count(product), bought, due, is_due, rating))
    return make_tables(**rows)


@pytest.fixture
def shop() -> Callable[..., Tables]:
    return serving_shop


@pytest.fixture
def rules_of() -> Callable[..., RuleTables]:
    return make_rules


@pytest.fixture
def empty_tables() -> Callable[..., Tables]:
    return make_tables


@pytest.fixture(scope="session")
def lively_shop() -> Tables:
    return random_shop(1)


@pytest.fixture(scope="session")
def shop_of_seed() -> Callable[..., Tables]:
    return random_shop


@pytest.fixture(scope="session")
def trained(lively_shop: Tables) -> TrainedRun:
    return train(lively_shop, RunConfig())
