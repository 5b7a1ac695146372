"""What each part proposes, on shops small enough to see why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py.arrays.ragged import Ragged
from models_py.baselines import popularity
from models_py.data.assemble import Dataset, assemble
from models_py.data.dataset import Snapshot
from models_py.parts import bucket_average, content_based, item_knn, item_to_item, sparse_linear
from models_py.parts.bucket_average import BucketConfig
from models_py.parts.content_based import ContentConfig
from models_py.parts.interest import Interest, InterestConfig
from models_py.parts.item_knn import ItemKnnConfig
from models_py.parts.item_to_item import ItemToItemConfig
from models_py.parts.part import RATING_WEIGHTS, Part, recency_weights, taste
from models_py.parts.repurchase import Repurchase, RepurchaseConfig
from models_py.parts.sparse_linear import SparseLinearConfig
from models_py.parts.two_step import FittedTwoStep, TwoStepConfig
from models_py.tables import Tables

Shop = Callable[..., Tables]
NOW = datetime(2026, 1, 1)


def opened(tables: Tables) -> tuple[Dataset, Snapshot]:
    data = assemble(tables)
    return data, data.snapshot("serving", "serving")


def proposals(part: Part, data: Dataset, snapshot: Snapshot, customer: str, masked: Ragged | None = None) -> list[str]:
    ids, _ = part.propose(snapshot, snapshot.purchases if masked is None else masked, 5)
    row = data.customers.names.tolist().index(customer)
    return [data.catalogue.index.names[i] for i in ids[row] if i >= 0]


def test_item_to_item_prefers_what_followed_to_what_preceded(shop: Shop) -> None:
    data, seen = opened(
        shop(
            {"ann": ["toner", "serum", "cream"], "bea": ["toner", "serum", "cream"], "eve": ["serum"]},
            ["toner", "serum", "cream"],
        )
    )
    fitted = item_to_item.fit(seen, 3, ItemToItemConfig())
    assert proposals(fitted, data, seen, "eve") == ["cream", "toner"]


def test_item_to_item_shrinks_what_was_seen_once(shop: Shop) -> None:
    often = {f"c{i}": ["serum", "cream"] for i in range(5)} | {"ida": ["cream"]}
    data, seen = opened(shop({**often, "once": ["serum", "rare"], "eve": ["serum"]}, ["serum", "cream", "rare"]))
    unshrunken = item_to_item.fit(seen, 3, ItemToItemConfig(shrinkage=0, companion_power=1))
    assert proposals(unshrunken, data, seen, "eve") == ["rare", "cream"]
    shrunken = item_to_item.fit(seen, 3, ItemToItemConfig(shrinkage=20))
    assert proposals(shrunken, data, seen, "eve") == ["cream", "rare"]


def test_item_to_item_listens_most_to_the_latest_purchase(shop: Shop) -> None:
    buyers = {f"a{i}": ["soap", "towel"] for i in range(3)} | {f"b{i}": ["mask", "balm"] for i in range(3)}
    products = ["soap", "towel", "mask", "balm"]
    data, seen = opened(shop({**buyers, "eve": ["mask", "soap"], "ida": ["soap", "mask"]}, products))
    fitted = item_to_item.fit(seen, 4, ItemToItemConfig())
    assert proposals(fitted, data, seen, "eve")[0] == "towel"
    assert proposals(fitted, data, seen, "ida")[0] == "balm"


def without_order(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, is_ordered=False)


def test_without_an_order_item_to_item_is_symmetric_and_knows_no_distance(shop: Shop) -> None:
    bought = {"ann": ["toner", "serum", "soap", "cream"], "eve": ["serum"]}
    data, seen = opened(shop(bought, ["toner", "serum", "soap", "cream"]))
    fitted = item_to_item.fit(without_order(seen), 4, ItemToItemConfig(source_power=0.5, companion_power=0.5))
    links = np.zeros((4, 4), np.float32)
    links[fitted.neighbours.row_of_entry(), fitted.neighbours.ids] = fitted.neighbours.values
    assert np.array_equal(links, links.T)
    serum = data.catalogue.index.names.tolist().index("serum")
    assert len(set(np.delete(links[serum], serum))) == 1


def test_without_an_order_no_purchase_is_older_than_another(shop: Shop) -> None:
    _, seen = opened(shop({"eve": ["a", "b", "c"]}, ["a", "b", "c"]))
    assert recency_weights(seen, decay=0.5, history=2).values.tolist() == [0.5, 1]
    assert recency_weights(without_order(seen), decay=0.5, history=2).values.tolist() == [1, 1, 1]


def rated(customer: str, **stars: float) -> list[tuple[object, ...]]:
    return [("serving", "serving", customer, product, 1, NOW, None, False, given) for product, given in stars.items()]


def test_a_product_rated_one_star_pushes_its_likes_away(shop: Shop) -> None:
    names = {
        "tea_toner": "Green Tea Toner",
        "tea_mist": "Green Tea Mist",
        "clay_mask": "Clay Mask",
        "clay_soap": "Clay Soap",
    }
    tables = shop(
        {"eve": ["tea_toner", "clay_mask"], "ida": ["tea_toner", "clay_mask"]},
        list(names),
        dim_products=[(key, name, None, None, None, None, True) for key, name in names.items()],
        user_products=rated("eve", tea_toner=1.0, clay_mask=5.0),
    )
    data, seen = opened(tables)
    alike = content_based.fit(data.catalogue, ContentConfig())
    assert proposals(alike, data, seen, "eve") == ["clay_soap"]
    assert set(proposals(alike, data, seen, "ida")) == {"clay_soap", "tea_mist"}


def test_taste_is_recency_times_rating(shop: Shop) -> None:
    ratings = rated("eve", loved=5.0, hated=1.0, mixed=1.5, never_bought=1.0)
    tables = shop(
        {"ann": ["hated"], "eve": ["hated", "mixed", "unrated", "loved"]},
        ["hated", "mixed", "unrated", "loved", "never_bought"],
    )
    data, seen = opened(replace(tables, user_products=shop({}, [], user_products=ratings).user_products))
    eve = data.customers.names.tolist().index("eve")
    said = taste(seen, decay=0.5, history=10)
    by_hand = [0.125 * -0.5, 0.25 * -0.35, 0.5 * 1, 1.1]
    assert said.slice(eve, eve + 1).values == pytest.approx(by_hand)
    assert said.slice(1 - eve, 2 - eve).values.tolist() == [1]


@given(seed=st.integers(0, 10_000), negative=st.floats(0, 1))
def test_what_speaks_against_is_subtracted_before_the_best_are_kept(seed: int, negative: float) -> None:
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random((4, 6)) < 0.7, rng.random((4, 6)) - negative, 0).astype(np.float32)
    stars = rng.integers(1, 6, (3, 4))
    bought = rng.random((3, 4)) < 0.6
    rows, products = np.nonzero(bought)
    seen = replace(
        Snapshot.of_purchases(Ragged.from_pairs(rows, products, 0.0, 3), 6),
        ratings=Ragged.from_pairs(rows, products, stars[rows, products], 3),
    )
    source, target = np.nonzero(weights)
    part = FittedTwoStep(Ragged.from_pairs(source, target, weights[source, target], 6), 6, TwoStepConfig(decay=1.0))
    expected = (np.array(RATING_WEIGHTS)[stars - 1] * bought) @ weights
    every = Ragged.from_pairs(np.repeat(np.arange(3), 6), np.tile(np.arange(6), 3), 0.0, 3)
    assert part.score(seen, every).reshape(3, 6) == pytest.approx(np.maximum(expected, 0), abs=1e-5)
    ids, scores = part.propose(seen, Ragged.empty(3), 6)
    assert scores.sum(axis=1) == pytest.approx(np.maximum(expected, 0).sum(axis=1), abs=1e-4)
    assert (expected[np.arange(3)[:, None].repeat(6, 1)[ids >= 0], ids[ids >= 0]] > -1e-5).all()


def test_item_knn_is_the_cosine_of_the_buyers(shop: Shop) -> None:
    bought = {"ann": ["a", "b"], "bea": ["b", "a", "c"], "cat": ["a"], "dot": ["b", "c"]}
    data, seen = opened(shop(bought, ["a", "b", "c"]))
    fitted = item_knn.fit(seen, 3, ItemKnnConfig())
    names = data.catalogue.index.names.tolist()
    buyers = np.array([[name in bought[c] for name in names] for c in bought], dtype=float)
    cosine = (buyers.T @ buyers) / np.sqrt(np.outer(buyers.sum(0), buyers.sum(0)))
    found = fitted.neighbours
    assert len(found.ids) == 6
    assert found.values == pytest.approx(cosine[found.row_of_entry(), found.ids])


def test_sparse_linear_weights_are_those_of_a_ridge_regression(lively_shop: Tables) -> None:
    data, seen = opened(lively_shop)
    size = len(data.catalogue)
    bought = np.zeros((len(seen), size))
    bought[seen.purchases.row_of_entry(), seen.purchases.ids] = 1
    fitted = sparse_linear.fit(seen, size, SparseLinearConfig(penalty=2.0))
    weights = np.zeros((size, size))
    weights[fitted.neighbours.row_of_entry(), fitted.neighbours.ids] = fitted.neighbours.values
    # At the optimum |x_j - X w_j|^2 + penalty |w_j|^2 does not change with any weight that may be there: those of
    # products bought together with j at least once.
    slope = -bought.T @ (bought - bought @ weights) + 2.0 * weights
    may_be = (bought.T @ bought > 0) & ~np.eye(size, dtype=bool)
    assert may_be.sum() > size
    assert slope[may_be] == pytest.approx(0, abs=1e-5)
    assert (weights[~may_be] == 0).all()


def test_sparse_linear_counts_products_that_go_together_once(shop: Shop) -> None:
    # By cosine the two shades, always bought together, speak twice as loud for the gloss as the liner for the mascara.
    makeup = {f"a{i}": ["shade 1", "shade 2", "gloss"] for i in range(10)}
    eyes = {f"b{i}": ["liner", "mascara"] for i in range(10)}
    data, seen = opened(
        shop(
            {**makeup, **eyes, "eve": ["shade 1", "shade 2", "liner"]},
            ["shade 1", "shade 2", "gloss", "liner", "mascara"],
        )
    )
    names = data.catalogue.index.names.tolist()
    eve = data.customers.names.tolist().index("eve")

    def says(part: Part) -> dict[str, float]:
        pairs = Ragged.from_pairs([eve, eve], sorted([names.index("gloss"), names.index("mascara")]), 0.0, len(seen))
        return {names[i]: score for i, score in zip(pairs.ids, part.score(seen, pairs).tolist(), strict=True)}

    by_cosine = says(item_knn.fit(seen, 5, ItemKnnConfig()))
    assert by_cosine["gloss"] == pytest.approx(2 * by_cosine["mascara"], rel=0.05)
    together = says(sparse_linear.fit(without_order(seen), 5, SparseLinearConfig(penalty=0.1, decay=1.0)))
    assert together["gloss"] == pytest.approx(together["mascara"], rel=0.05)


def test_content_finds_products_with_the_same_ingredients(shop: Shop) -> None:
    data, seen = opened(
        shop(
            {"eve": ["retinol serum"]},
            ["retinol serum", "retinol cream", "clay mask"],
            product_terms=[
                ("retinol serum", "ingredient", "retinol", 1.0),
                ("retinol cream", "ingredient", "retinol", 0.5),
                ("clay mask", "ingredient", "kaolin", 1.0),
            ],
            dim_products=[
                (name, None, None, None, None, None, True) for name in ("retinol serum", "retinol cream", "clay mask")
            ],
        )
    )
    assert proposals(content_based.fit(data.catalogue, ContentConfig()), data, seen, "eve") == ["retinol cream"]


def test_content_reads_names(shop: Shop) -> None:
    names = {"a": "Green Tea Toner", "b": "Green Tea Mist", "c": "Charcoal Soap"}
    products = [(key, name, None, None, None, None, True) for key, name in names.items()]
    data, seen = opened(shop({"eve": ["a"]}, list(names), dim_products=products))
    assert proposals(content_based.fit(data.catalogue, ContentConfig()), data, seen, "eve") == ["b"]


def test_concerns_speak_for_customers_without_purchases(shop: Shop) -> None:
    data, seen = opened(
        shop(
            {"new": []},
            ["spot gel", "rich cream"],
            product_terms=[("spot gel", "concern", "acne", 0.8), ("rich cream", "concern", "dryness", 1.0)],
            user_concerns=[("serving", "serving", "new", "acne", 0.0, True)],
        )
    )
    assert proposals(content_based.fit_concerns(data.catalogue), data, seen, "new") == ["spot gel"]


def test_a_bucket_is_pulled_towards_its_parent(shop: Shop) -> None:
    users = [("serving", "serving", f"c{i}", "dry" if i < 2 else "oily", "", NOW) for i in range(6)]
    bought = {"c0": ["a"], "c1": ["a"], **{f"c{i}": ["b"] for i in range(2, 6)}}
    data, seen = opened(shop(bought, ["a", "b"], users=users))
    a = data.catalogue.index.names.tolist().index("a")
    dry = data.buckets.index.names.tolist().index("dry")
    fitted = bucket_average.fit(seen, data.buckets, 2, BucketConfig(purchase_strength=4, rating_power=0))
    # everybody: 2 of 6 purchases; dry: 2 of 2, and 4 imagined ones at everybody's share
    assert fitted.scores[data.buckets.root, a] == pytest.approx(2 / 6)
    assert fitted.scores[dry, a] == pytest.approx((2 + 4 * 2 / 6) / (2 + 4))


def test_a_bucket_prefers_what_it_rated_well(shop: Shop) -> None:
    rated = [
        ("serving", "serving", "c0", "a", 1, NOW, None, False, 1.0),
        ("serving", "serving", "c0", "b", 1, NOW, None, False, 5.0),
    ]
    data, seen = opened(shop({"c0": ["a", "b"], "new": []}, ["a", "b"], user_products=rated))
    fitted = bucket_average.fit(seen, data.buckets, 2, BucketConfig())
    assert proposals(fitted, data, seen, "new") == ["b", "a"]


def test_buckets_unknown_to_the_model_read_their_parent(shop: Shop) -> None:
    data, _ = opened(shop({"c": []}, ["a"]))
    rows = bucket_average.rows_in(data.buckets, ("oily", "all"))
    by_name = dict(zip(data.buckets.index.names, rows.tolist(), strict=True))
    assert by_name == {"all": 1, "oily": 0, "dry": 1}
    with pytest.raises(ValueError, match="knows no bucket 'all'"):
        bucket_average.rows_in(data.buckets, ("oily",))


def test_most_popular_is_the_same_for_everybody_less_what_they_have(shop: Shop) -> None:
    data, seen = opened(shop({"ann": ["a", "b"], "bea": ["a"], "eve": []}, ["a", "b", "never sold"]))
    fitted = popularity.fit(seen, 3)
    assert proposals(fitted, data, seen, "eve") == ["a", "b"]
    assert proposals(fitted, data, seen, "bea") == ["b"]


def with_events(tables: Tables, **counts: list[int]) -> Tables:
    facts = tables.user_products
    for kind, numbers in counts.items():
        facts = facts.append_column(kind, pa.array(numbers, pa.int64()))
    return replace(tables, user_products=facts)


def test_interest_speaks_for_what_was_carted_more_than_for_what_was_viewed(shop: Shop) -> None:
    key = ("serving", "serving", "eve")
    products = ["viewed", "carted", "unsaved", "bought", "unseen"]
    facts = [(*key, product, int(product == "bought"), None, None, False, None) for product in products]
    tables = shop({"eve": ["bought"]}, products, user_products=facts)
    data, seen = opened(
        with_events(
            tables, views=[3, 0, 1, 9, 0], carts=[0, 1, 0, 1, 0], saves=[0, 0, 1, 0, 0], unsaves=[0, 0, 2, 0, 0]
        )
    )
    part = Interest(np.ones(5, np.bool_), InterestConfig())
    assert proposals(part, data, seen, "eve", Ragged.empty(1)) == ["carted", "viewed"]
    assert sorted(part.opinions(seen).values) == pytest.approx([np.log(1 + 3 * 1), np.log(1 + 1 * 4)])
    views_alone = Interest(np.ones(5, np.bool_), InterestConfig({"views": 1.0}))
    assert proposals(views_alone, data, seen, "eve", Ragged.empty(1)) == ["viewed", "unsaved"]


def test_a_product_exactly_due_is_likelier_than_one_long_overdue(shop: Shop) -> None:
    bought, due, long_due = datetime(2025, 11, 1), NOW, datetime(2025, 11, 10)
    facts = [
        ("serving", "serving", "eve", "shampoo", 2, bought, due, True, None),
        ("serving", "serving", "eve", "mascara", 2, bought, long_due, True, None),
        ("serving", "serving", "eve", "perfume", 2, bought, due, False, None),
    ]
    data, seen = opened(
        shop({"eve": ["shampoo", "mascara", "perfume"]}, ["shampoo", "mascara", "perfume"], user_products=facts)
    )
    part = Repurchase(np.ones(3, np.bool_), RepurchaseConfig(prior_rate=0.1, prior_strength=3))
    assert proposals(part, data, seen, "eve", Ragged.empty(1)) == ["shampoo", "mascara"]
    # A share of (1 + 3 x 0.1) / (2 + 3) comes back at all. Half of them are back when the 61 days are over, and 84 %
    # after 30 days more: ln(91 / 61) is one spread of 0.4.
    assert part.opinions(seen).values.max() == pytest.approx(0.26 * (0.841 - 0.5) / (1 - 0.26 * 0.5), abs=1e-3)


def chance_after(shop: Shop, days: int, times_bought: int = 2) -> float:
    """The chance that a product that lasts 60 days is bought again soon, so many days after it was bought."""
    bought = NOW - timedelta(days=days)
    facts = [("serving", "serving", "eve", "shampoo", times_bought, bought, bought + timedelta(days=60), True, None)]
    _, seen = opened(shop({"eve": ["shampoo"]}, ["shampoo"], user_products=facts))
    return float(Repurchase(np.ones(1, np.bool_), RepurchaseConfig()).opinions(seen).values[0])


def test_the_chance_of_a_repurchase_rises_until_it_is_due_and_fades_when_long_overdue(shop: Shop) -> None:
    # Soon means within 30 days.
    assert chance_after(shop, 5) < chance_after(shop, 20) < chance_after(shop, 35)
    assert chance_after(shop, 60) > chance_after(shop, 120) > chance_after(shop, 400)


def test_who_bought_a_product_often_is_likelier_to_buy_it_again(shop: Shop) -> None:
    assert chance_after(shop, 60, times_bought=5) > chance_after(shop, 60, times_bought=2)


def test_parts_are_silent_about_products_that_are_not_allowed(lively_shop: Tables) -> None:
    data, seen = opened(lively_shop)
    size = len(data.catalogue)
    allowed = np.arange(size) % 2 == 0
    parts: list[Part] = [
        item_to_item.fit(seen, size, ItemToItemConfig()),
        item_knn.fit(seen, size, ItemKnnConfig()),
        sparse_linear.fit(seen, size, SparseLinearConfig(penalty=2.0)),
        content_based.fit(data.catalogue, ContentConfig()),
        content_based.fit_concerns(data.catalogue),
        bucket_average.fit(seen, data.buckets, size, BucketConfig()),
        popularity.fit(seen, size),
        Repurchase(np.ones(size, np.bool_), RepurchaseConfig()),
    ]
    for part in parts:
        ids, scores = part.among(allowed).propose(seen, Ragged.empty(len(seen)), size)
        assert (ids >= 0).any()
        assert allowed[ids[ids >= 0]].all()
        assert (scores[ids >= 0] > 0).all()
        everything = Ragged.from_pairs(
            np.repeat(np.arange(len(seen)), size), np.tile(np.arange(size), len(seen)), 0.0, len(seen)
        )
        by_pair = part.among(allowed).score(seen, everything).reshape(len(seen), size)
        rows = np.repeat(np.arange(len(seen)), size).reshape(ids.shape)
        assert by_pair[rows[ids >= 0], ids[ids >= 0]] == pytest.approx(scores[ids >= 0])
