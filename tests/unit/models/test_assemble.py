"""From tables to arrays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pyarrow as pa
import pytest

from models_py.arrays.index import Index
from models_py.arrays.ragged import Ragged
from models_py.data.assemble import Dataset, assemble
from models_py.data.dataset import Snapshot
from models_py.tables import MissingColumnsError, Tables

NOW = datetime(2026, 1, 1)


def products_of(data: Dataset, snapshot: Snapshot, rows: Ragged, customer: str) -> list[str]:
    row = data.customers.names.tolist().index(customer)
    return data.catalogue.index.names[rows.slice(row, row + 1).ids].tolist()


def test_positions_follow_a_hash_not_the_spelling() -> None:
    ids = [f"p{i:03}" for i in range(100)]
    index = Index.of(pa.chunked_array([ids]))
    assert sorted(index.names) == ids
    assert index.names.tolist() != ids
    assert Index.of(pa.chunked_array([ids[::-1]])).names.tolist() == index.names.tolist()


def test_known_ids_keep_their_positions() -> None:
    index = Index.of(pa.chunked_array([["new", "b"]]), after=["b", "gone"])
    assert index.names.tolist() == ["b", "gone", "new"]
    assert index.positions(pa.chunked_array([["new", None, "never", "b"]])).tolist() == [2, -1, -1, 0]


def test_an_index_refuses_duplicates() -> None:
    with pytest.raises(ValueError, match="distinct"):
        Index(pa.array(["a", "a"]))


def test_purchases_run_from_oldest_to_newest_whatever_the_order_of_rows(shop: Callable[..., Tables]) -> None:
    key = ("serving", "serving", "eve")
    rows = [(*key, "mask", 3, 1), (*key, "soap", 1, 1), (*key, "balm", 2, 1)]
    data = assemble(shop({"eve": []}, ["soap", "balm", "mask"], visible_purchases=rows))
    snapshot = data.snapshot("serving", "serving")
    assert products_of(data, snapshot, snapshot.purchases, "eve") == ["soap", "balm", "mask"]
    assert snapshot.transactions.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("precisions", "is_ordered"), [("surrogate day surrogate", False), ("day second surrogate", True)]
)
def test_surrogate_times_tell_no_order(shop: Callable[..., Tables], precisions: str, is_ordered: bool) -> None:
    tables = shop({"eve": ["soap", "balm", "mask"]}, ["soap", "balm", "mask"])
    timed = tables.visible_purchases.append_column("time_precision", pa.array(precisions.split()))
    snapshot = assemble(replace(tables, visible_purchases=timed)).snapshot("serving", "serving")
    assert snapshot.is_ordered == is_ordered


def test_new_and_repeated_targets_are_told_apart(shop: Callable[..., Tables]) -> None:
    key = ("serving", "serving", "eve")
    targets = [(*key, "soap", True), (*key, "balm", False)]
    data = assemble(shop({"eve": ["soap"]}, ["soap", "balm"], targets=targets))
    snapshot = data.snapshot("serving", "serving")
    assert products_of(data, snapshot, snapshot.targets, "eve") == ["balm"]
    assert products_of(data, snapshot, snapshot.repeat_targets, "eve") == ["soap"]


def test_exclusions_reach_products_through_what_they_contain(shop: Callable[..., Tables]) -> None:
    data = assemble(
        shop(
            {"eve": [], "ann": []},
            ["rose oil", "soap", "mystery"],
            user_exclusions=[("serving", "serving", "eve", "family", "fragrance")],
            exclusion_products=[("family", "fragrance", "rose oil"), ("family", "fragrance", "mystery")],
        )
    )
    snapshot = data.snapshot("serving", "serving")
    assert set(products_of(data, snapshot, snapshot.excluded, "eve")) == {"rose oil", "mystery"}
    assert products_of(data, snapshot, snapshot.excluded, "ann") == []


def test_a_missing_column_is_named(empty_tables: Callable[..., Tables]) -> None:
    tables = empty_tables()
    with pytest.raises(MissingColumnsError, match=r"'targets' lacks the column\(s\) is_repeat"):
        Tables(**{**tables.__dict__, "targets": tables.targets.drop_columns(["is_repeat"])})


def test_buckets_need_one_root(shop: Callable[..., Tables]) -> None:
    with pytest.raises(ValueError, match="exactly one root"):
        assemble(shop({"eve": []}, ["a"], buckets=[("dry", 0, None), ("oily", 0, None)]))
    with pytest.raises(ValueError, match="'dry/18_24' has no parent one level above"):
        assemble(shop({"eve": []}, ["a"], buckets=[("all", 0, None), ("dry", 1, "all"), ("dry/18_24", 2, "all")]))
