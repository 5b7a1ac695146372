"""Recommendations: exactly k, dense, safe, explained."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models_py.config import RecommendConfig, RunConfig
from models_py.reasons import DEFAULT_WORDING, Wording
from models_py.recommend import TooFewProductsError, recommend
from models_py.tables import Tables
from models_py.training import TrainedRun, train

Shop = Callable[..., Tables]
NOW = datetime(2026, 1, 1)


def by_customer(table: pa.Table) -> dict[str, list[dict[str, Any]]]:
    rows = defaultdict(list)
    for row in table.to_pylist():
        rows[row["customer_id"]].append(row)
    return rows


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000))
def test_everybody_gets_exactly_k_allowed_products(shop_of_seed: Shop, seed: int) -> None:
    tables = shop_of_seed(seed)
    facts = tables.user_products.filter(pa.compute.field("protocol") == "serving").to_pylist()
    due = {(row["customer_id"], row["product_id"]) for row in facts if row["is_due"]}
    bought = {(row["customer_id"], row["product_id"]) for row in facts}
    fragrant = set(tables.exclusion_products["product_id"].to_pylist())
    careful = set(tables.user_exclusions["customer_id"].to_pylist())
    in_stock = {row["product_id"] for row in tables.dim_products.to_pylist() if row["is_in_stock"]}
    recommended = by_customer(recommend(train(tables, RunConfig()), tables))
    assert set(recommended) == set(tables.users["customer_id"].to_pylist())
    for customer, rows in recommended.items():
        products = [row["product_id"] for row in rows]
        assert [row["rank"] for row in rows] == list(range(1, 11))
        assert len(set(products)) == 10
        assert in_stock.issuperset(products)
        assert customer not in careful or fragrant.isdisjoint(products)
        assert all((customer, p) not in bought or (customer, p) in due for p in products)
        scores = [row["score"] for row in rows]
        assert scores == sorted(scores, reverse=True)


def test_the_scores_of_the_parts_add_up(lively_shop: Tables, trained: TrainedRun) -> None:
    parts = ["content_score", "collaborative_score", "bucket_score", "concern_score", "repurchase_score", "rule_score"]
    for row in recommend(trained, lively_shop).to_pylist():
        assert sum(row[part] for part in parts) == pytest.approx(row["score"], abs=1e-4)


def test_evidence_is_something_the_customer_bought(lively_shop: Tables, trained: TrainedRun) -> None:
    seen = lively_shop.visible_purchases.filter(pa.compute.field("protocol") == "serving").to_pylist()
    bought = {(row["customer_id"], row["product_id"]) for row in seen}
    rows = recommend(trained, lively_shop).to_pylist()
    with_evidence = [row for row in rows if row["evidence_product_id"] is not None]
    assert with_evidence
    assert all((row["customer_id"], row["evidence_product_id"]) in bought for row in with_evidence)
    for row in rows:
        needs_evidence = row["reason_code"] in {"bought_together", "similar_to_purchase", "restock_due"}
        assert (row["evidence_product_id"] is not None) == needs_evidence
        assert row["concern_id"] is not None or row["reason_code"] != "skin_concern_match"
        # A sentence names a concern where the row has one, and only there.
        says_concern = "Cares for" in row["reason"] or row["reason_code"] == "skin_concern_match"
        assert says_concern == (row["concern_id"] is not None and row["reason_code"] != "restock_due")


def test_the_shop_words_the_reasons(lively_shop: Tables, trained: TrainedRun) -> None:
    wording = {code: Wording("{concern}!" if code == "skin_concern_match" else code) for code in DEFAULT_WORDING}
    rows = recommend(trained, lively_shop, wording=wording).to_pylist()
    plain = [row for row in rows if row["reason_code"] != "skin_concern_match"]
    assert plain and all(row["reason"] == row["reason_code"] for row in plain)


def two_best(tables: Tables) -> dict[str, list[dict[str, Any]]]:
    return by_customer(recommend(train(tables, RunConfig(recommend=RecommendConfig(count=2))), tables))


def test_reasons_name_what_is_shared(shop: Shop) -> None:
    names = {"a": "Calm Serum", "b": "Calm Cream", "c": "Clay Mask", "d": "Soap"}
    tables = shop(
        {"eve": ["a"]},
        list(names),
        dim_products=[(key, name, "Lab", None, None, None, True) for key, name in names.items()],
        product_terms=[
            *((key, "ingredient", "beta_glucan", 1.0) for key in "ab"),
            *((key, "ingredient", "squalane", 0.5) for key in "ab"),
            *((key, "ingredient", "water", 2.0) for key in "abcd"),
            ("c", "ingredient", "kaolin", 1.0),
        ],
    )
    first = two_best(tables)["eve"][0]
    assert (first["product_id"], first["evidence_product_id"]) == ("b", "a")
    assert first["reason_code"] == "similar_to_purchase"
    assert first["reason"] == "Similar to Lab Calm Serum, which you bought: both have beta glucan and squalane."


def test_a_sentence_promises_only_what_the_product_is_clearly_made_for(shop: Shop) -> None:
    tables = shop(
        {"eve": ["soap"], "ann": ["soap", "gel", "cream"]},
        ["soap", "gel", "cream"],
        product_terms=[
            ("gel", "concern", "acne", 0.9),
            ("gel", "concern", "dryness", 0.6),
            ("cream", "concern", "dryness", 0.6),
        ],
        user_concerns=[("serving", "serving", "eve", "dryness", None, True)],
    )
    reasons = {row["product_id"]: row for row in two_best(tables)["eve"]}
    # Ann bought all three together. The cream is for dryness; the gel is for acne, and merely not bad for dryness.
    assert "skin_concern_match" not in {row["reason_code"] for row in reasons.values()}
    assert reasons["cream"]["reason"].endswith("Cares for dryness.")
    assert reasons["gel"]["concern_id"] is None and "Cares for" not in reasons["gel"]["reason"]


def test_new_customers_are_served_by_their_concerns(shop: Shop) -> None:
    tables = shop(
        {"new": [], "old": ["cream"], "other": ["cream"]},
        ["gel", "cream", "soap"],
        product_terms=[("gel", "concern", "acne_prone", 1.0)],
        user_concerns=[("serving", "serving", "new", "acne_prone", None, True)],
    )
    reasons = {row["product_id"]: row for row in two_best(tables)["new"]}
    assert reasons["gel"]["reason"] == "Made for acne prone, one of your skin concerns."
    assert reasons["gel"]["concern_id"] == "acne_prone"
    assert reasons["cream"]["reason_code"] == "popular_now"


def test_a_favourite_of_the_bucket_is_called_so(shop: Shop) -> None:
    users = [
        ("serving", "serving", name, bucket, "", NOW) for name, bucket in [("new", "dry"), ("d", "dry"), ("o", "oily")]
    ]
    tables = shop({"new": [], "d": ["rich"], "o": ["light"]}, ["rich", "light"], users=users)
    rows = two_best(tables)["new"]
    assert [(row["product_id"], row["reason_code"]) for row in rows] == [
        ("rich", "bucket_favourite"),
        ("light", "popular_now"),
    ]
    assert rows[0]["reason"] == "A favourite of customers like you (dry skin)."


def test_what_is_due_comes_back_and_what_was_just_bought_does_not(shop: Shop) -> None:
    facts = [("serving", "serving", "eve", "soap", 5, datetime(2025, 10, 1), NOW, True, None)]
    rows = two_best(shop({"eve": ["soap", "balm"]}, ["soap", "balm", "mask"], user_products=facts))["eve"]
    assert [row["product_id"] for row in rows] == ["soap", "mask"]
    assert rows[0]["reason_code"] == "restock_due"


def test_what_got_one_star_is_not_shown_again_even_when_it_is_due(shop: Shop) -> None:
    facts = [("serving", "serving", "eve", "soap", 5, datetime(2025, 10, 1), NOW, True, 1.0)]
    rows = two_best(shop({"eve": ["soap"]}, ["soap", "balm", "mask"], user_products=facts))["eve"]
    assert {row["product_id"] for row in rows} == {"balm", "mask"}


def test_what_was_bought_fills_up_before_anybody_goes_short(shop: Shop) -> None:
    assert {r["product_id"] for r in two_best(shop({"eve": ["soap", "balm"]}, ["soap", "balm"]))["eve"]} == {
        "soap",
        "balm",
    }


def test_exclusions_never_give_way(shop: Shop) -> None:
    tables = shop(
        {"eve": []},
        ["rose", "soap"],
        user_exclusions=[("serving", "serving", "eve", "family", "fragrance")],
        exclusion_products=[("family", "fragrance", "rose")],
    )
    with pytest.raises(TooFewProductsError, match="customer eve can be given only 1 of 2 products"):
        two_best(tables)


def test_one_customer_can_be_asked_for(lively_shop: Tables, trained: TrainedRun) -> None:
    alone = recommend(trained, lively_shop, pa.array(["c7"])).to_pylist()
    assert alone == by_customer(recommend(trained, lively_shop))["c7"]
    with pytest.raises(ValueError, match="do not list"):
        recommend(trained, lively_shop, pa.array(["stranger"]))


def test_a_model_serves_a_catalogue_that_changed(shop: Shop) -> None:
    run = train(
        shop({"eve": ["a"], "ann": ["a", "b"]}, ["a", "b", "gone"]), RunConfig(recommend=RecommendConfig(count=2))
    )
    rows = by_customer(recommend(run, shop({"eve": ["a"], "ann": ["a", "b"]}, ["a", "b", "fresh"])))["eve"]
    assert [row["product_id"] for row in rows] == ["b", "fresh"]
