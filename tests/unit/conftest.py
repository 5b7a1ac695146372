"""A very small shop, released with its model as a build releases it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from glowhouse.model_package import Package
from glowhouse.release import publish
from models_py import artifacts
from models_py.config import RecommendConfig, RunConfig
from models_py.recommend import recommend
from models_py.rules.config import OFF
from models_py.rules.tables import SCHEMAS, RuleTables
from models_py.tables import Tables
from models_py.training import train

NOW = datetime(2026, 1, 1)
SERVING = {"protocol": "serving", "split": "serving"}
Rows = list[dict[str, Any]]

# Ann and Eve buy serum, then cream; Bob buys the scrub. Dan has bought nothing. The rose oil is perfumed, nobody knows
# what is in the mystery balm, and the gel is sold out.
PURCHASES = {"ann": ["serum", "cream"], "eve": ["serum", "cream"], "bob": ["scrub"], "dan": [], "fay": ["serum"]}
PRODUCTS = {
    "serum": ("Dew Serum", "Alba", ["glycerin", "niacinamide"], "dryness"),
    "cream": ("Night Cream", "Alba", ["glycerin", "squalane"], "dryness"),
    "scrub": ("Salt Scrub", "Brine", ["salt"], "dullness"),
    "rose": ("Rose Oil", "Brine", ["linalool", "squalane"], "redness"),
    "balm": ("Mystery [Balm]", None, [], "redness"),
    "gel": ("Cool Gel", "Alba", ["glycerin"], "acne"),
}
SOLD_OUT = {"gel"}
COLUMNS = {
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
    "exclusion_contents": "exclusion_kind exclusion_id product_id",
    "unlisted_products": "product_id",
    "exclusion_words": "word exclusion_kind exclusion_id",
    "exclusion_evidence": "customer_id exclusion_kind exclusion_id evidence_source evidence_text excluded_at:t",
    "profile_words": "word_kind word meaning_id",
    "conflicts": "conflict_id severity reason",
    "age_bands": "age_band min_age:i max_age:i",
    "reason_codes": "reason_code template need_template",
}
TYPES = {"": pa.string(), "i": pa.int64(), "f": pa.float64(), "b": pa.bool_(), "t": pa.timestamp("us")}


def table(name: str, rows: Rows) -> pa.Table:
    kinds = [[*column.split(":"), ""][:2] for column in COLUMNS[name].split()]
    return pa.Table.from_pylist(rows, pa.schema([(column, TYPES[kind]) for column, kind in kinds]))


def input_rows() -> Mapping[str, Rows]:
    """The library's input, but for tables that are empty."""
    fragrance = {"exclusion_kind": "family", "exclusion_id": "fragrance"}
    return {
        "visible_purchases": [
            {**SERVING, "customer_id": customer, "product_id": product, "transaction_sequence": at, "line_sequence": at}
            for customer, bought in PURCHASES.items()
            for at, product in enumerate(bought, 1)
        ],
        "users": [
            {**SERVING, "customer_id": customer, "bucket_id": "dry" if customer != "bob" else "oily", "cutoff_at": NOW}
            for customer in PURCHASES
        ],
        "buckets": [
            {"bucket_id": "all", "level": 0},
            {"bucket_id": "dry", "level": 1, "parent_bucket_id": "all"},
            {"bucket_id": "oily", "level": 1, "parent_bucket_id": "all"},
        ],
        "product_terms": [
            {"product_id": product, "term_kind": kind, "term": term, "weight": 1.0}
            for product, (_, _, ingredients, concern) in PRODUCTS.items()
            for kind, term in [*(("ingredient", name) for name in ingredients), ("concern", concern)]
        ],
        "dim_products": [
            {"product_id": product, "product_name": name, "brand": brand, "is_in_stock": product not in SOLD_OUT}
            for product, (name, brand, _, _) in PRODUCTS.items()
        ],
        "user_products": [
            {**SERVING, "customer_id": customer, "product_id": product, "times_bought": 1, "last_bought_at": NOW}
            for customer, bought in PURCHASES.items()
            for product in bought
        ],
        "user_exclusions": [{**SERVING, "customer_id": "fay", **fragrance}],
        "exclusion_products": [{**fragrance, "product_id": product} for product in ("rose", "balm")],
    }


def rule_rows() -> Mapping[str, Rows]:
    """Eve uses the serum, and the scrub does not go with it."""
    conflict = {"conflict_id": "sting", "severity": "avoid", "reason": "Together they sting."}
    return {
        "user_conflicts": [
            {**SERVING, **conflict, "customer_id": "eve", "conflicting_side": "b", "evidence_product_id": "serum"}
        ],
        "conflict_products": [
            {"conflict_id": "sting", "side": "a", "product_id": "serum"},
            {"conflict_id": "sting", "side": "b", "product_id": "scrub"},
        ],
        "products": [{"product_id": product, "brand": facts[1]} for product, facts in PRODUCTS.items()],
    }


def vocabulary_rows() -> Mapping[str, Rows]:
    """What a package holds beside the library's input."""
    families = {"fragrance": ["linalool"], "silicones": []}
    return {
        "exclusion_contents": [
            *(
                {"exclusion_kind": "ingredient", "exclusion_id": ingredient, "product_id": product}
                for product, (_, _, ingredients, _) in PRODUCTS.items()
                for ingredient in ingredients
            ),
            {"exclusion_kind": "family", "exclusion_id": "fragrance", "product_id": "rose"},
        ],
        "unlisted_products": [{"product_id": "balm"}],
        "conflicts": [{"conflict_id": "sting", "severity": "avoid", "reason": "Together they sting."}],
        "exclusion_words": [
            *({"word": family, "exclusion_kind": "family", "exclusion_id": family} for family in families),
            {"word": "perfume", "exclusion_kind": "family", "exclusion_id": "fragrance"},
            {"word": "sodium chloride", "exclusion_kind": "ingredient", "exclusion_id": "salt"},
        ],
        "exclusion_evidence": [
            {
                "customer_id": "fay", "exclusion_kind": "family", "exclusion_id": "fragrance",
                "evidence_source": "search", "evidence_text": "cream without perfume", "excluded_at": NOW,
            }
        ],
        "profile_words": [
            {"word_kind": "skin_type", "word": "trocken", "meaning_id": "dry"},
            {"word_kind": "skin_type", "word": "dry", "meaning_id": "dry"},
            {"word_kind": "concern", "word": "redness", "meaning_id": "redness"},
            {"word_kind": "concern", "word": "fine lines", "meaning_id": "dryness"},
            {"word_kind": "region", "word": "france", "meaning_id": "west_europe"},
        ],
        "age_bands": [{"age_band": "18_64", "min_age": 18, "max_age": 64}, {"age_band": "unknown"}],
        "reason_codes": [
            {"reason_code": "bought_together", "template": "Goes with {evidence_product}."},
            {"reason_code": "similar_to_purchase", "template": "Like {evidence_product}{shared}."},
            {"reason_code": "skin_concern_match", "template": "For {concern}."},
            {"reason_code": "bucket_favourite", "template": "Favourite of {bucket}."},
            {"reason_code": "popular_now", "template": "Popular."},
            {"reason_code": "restock_due", "template": "Due."},
            {"reason_code": "shown_interest", "template": "Seen."},
        ],
    }  # fmt: skip


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The shop's model and inputs."""
    inputs = {name: table(name, input_rows().get(name, [])) for name in COLUMNS if name in Tables.__dataclass_fields__}
    run = train(Tables(**inputs), RunConfig(recommend=RecommendConfig(count=2), rules=OFF))
    artifact = tmp_path_factory.mktemp("artifact")
    artifacts.save(run, artifact)
    words = {name: table(name, rows) for name, rows in vocabulary_rows().items()}
    rules = {f"rule_{name}": pa.Table.from_pylist(rule_rows().get(name, []), SCHEMAS[name]) for name in SCHEMAS}
    return Package({**inputs, **words, **rules}, artifact)


@pytest.fixture(scope="session")
def shop(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shop's warehouse would be; its release is beside it, the warehouse itself is busy elsewhere."""
    folder = tmp_path_factory.mktemp("shop")
    inputs = Tables(**{name: package.tables[name] for name in Tables.__dataclass_fields__})
    rules = RuleTables(**{name: package.tables[f"rule_{name}"] for name in SCHEMAS})
    rows = recommend(artifacts.load(package.artifact), inputs, rules=rules)
    released = {"concern_id": "evidence_concern_id", "routine_step": "evidence_routine_step"}
    names = [released.get(name, name) for name in rows.column_names]
    catalogue = package.tables["dim_products"].select(["product_id", "product_name", "brand", "is_in_stock"])
    priced = catalogue.append_column("price_eur", pa.array([9.9] * len(catalogue)))
    publish({"recommendations": rows.rename_columns(names), "products": priced}, folder, package)
    return folder / "warehouse.duckdb"
