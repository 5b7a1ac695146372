"""From tables to arrays: the catalogue, the buckets, and a snapshot of each (protocol, split).

Every array is sorted by hash-ordered positions and sequence numbers before anything is summed, so the order of the
tables' rows cannot reach a score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.arrays.index import Index
from models_py.arrays.ragged import Ragged
from models_py.data.dataset import BucketTree, Catalogue, DueProducts, Snapshot, Terms
from models_py.data.exclusions import excluded_products
from models_py.tables import EVENT_COUNTS, Tables, at, days, numbers, text

# A concern that the customer declared weighs as much as one that all purchases aim at.
DECLARED_CONCERN_WEIGHT = 1.0
# The precision of times that the source does not have.
SURROGATE = "surrogate"


@dataclass(frozen=True)
class Dataset:
    """The tables with their ids resolved to positions; `snapshot` gives the arrays of one (protocol, split)."""

    tables: Tables
    customers: Index
    catalogue: Catalogue
    buckets: BucketTree

    def snapshot(self, protocol: str, split: str) -> Snapshot:
        """What was visible at (protocol, split); empty rows for customers that it does not list."""
        return _snapshot(self, protocol, split)


def assemble(tables: Tables, known_products: Iterable[str] = ()) -> Dataset:
    """Resolve the tables' ids.

    Args:
        tables: the library's input.
        known_products: product ids that must keep their positions, those of a model fitted earlier.
    """
    customers = Index.of(tables.users[c.CUSTOMER])
    products = Index.of(tables.dim_products[c.PRODUCT], after=known_products)
    return Dataset(tables, customers, _catalogue(tables, products), _buckets(tables.buckets))


def _catalogue(tables: Tables, products: Index) -> Catalogue:
    table = tables.dim_products
    position = products.positions(table[c.PRODUCT])

    def placed(values: npt.NDArray[Any], missing: object) -> npt.NDArray[Any]:
        out = np.full(len(products), missing, dtype=values.dtype)
        out[position] = values
        return out

    names = text(table, c.PRODUCT_NAME)
    pieces = zip(names, text(table, c.CLAIMS_TEXT), text(table, c.DESCRIPTION), strict=True)
    return Catalogue(
        index=products,
        names=placed(names, ""),
        brands=placed(text(table, c.BRAND), ""),
        texts=placed(np.array([" ".join(filter(None, piece)) for piece in pieces], dtype=object), ""),
        in_stock=placed(numbers(table, c.IS_IN_STOCK, 0.0) > 0, False),
        launched_day=placed(days(table, c.LAUNCHED_ON), np.nan),
        terms=_terms(tables.product_terms, products),
    )


def _terms(table: pa.Table, products: Index) -> dict[str, Terms]:
    terms = {}
    for kind in sorted(pc.unique(table[c.TERM_KIND].cast(pa.string())).to_pylist()):
        rows = table.filter(pc.equal(table[c.TERM_KIND], kind))
        names = Index.of(rows[c.TERM])
        weights = _rows(
            products.positions(rows[c.PRODUCT]),
            names.positions(rows[c.TERM]),
            numbers(rows, c.WEIGHT, 0.0),
            len(products),
        )
        terms[kind] = Terms(names, weights)
    return terms


def _buckets(table: pa.Table) -> BucketTree:
    index = Index.of(table[c.BUCKET])
    parents = np.full(len(index), -1, np.int32)
    levels = np.zeros(len(index), np.int64)
    position = index.positions(table[c.BUCKET])
    parents[position] = index.positions(table[c.PARENT_BUCKET])
    levels[position] = numbers(table, c.BUCKET_LEVEL, 0.0).astype(np.int64)
    return BucketTree(
        index, parents, tuple(np.flatnonzero(levels == level).astype(np.int32) for level in range(levels.max() + 1))
    )


def _rows(
    rows: npt.NDArray[np.int32],
    ids: npt.NDArray[np.int32],
    values: npt.NDArray[np.float64] | float,
    count: int,
    *order: npt.NDArray[Any],
) -> Ragged:
    """Group by row, sorted by `order` (else by id) within it; entries whose row or id is unknown (-1) are left out."""
    value = np.broadcast_to(np.asarray(values, np.float64), rows.shape)
    kept = np.flatnonzero((rows >= 0) & (ids >= 0))
    keys: list[npt.NDArray[Any]] = [value, ids, *reversed(order), rows]
    kept = kept[np.lexsort([key[kept] for key in keys])]
    return Ragged.from_pairs(rows[kept], ids[kept], value[kept], count)


def _snapshot(data: Dataset, protocol: str, split: str) -> Snapshot:
    tables, count = data.tables, len(data.customers)
    products = data.catalogue.index

    def keys(table: pa.Table) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        return data.customers.positions(table[c.CUSTOMER]), products.positions(table[c.PRODUCT])

    users = at(tables.users, protocol, split)
    customer = data.customers.positions(users[c.CUSTOMER])
    present = np.zeros(count, np.bool_)
    present[customer] = True
    buckets = np.full(count, data.buckets.root, np.int32)
    bucket = data.buckets.index.positions(users[c.BUCKET])
    buckets[customer] = np.where(bucket >= 0, bucket, data.buckets.root)
    skin_types = np.full(count, "", dtype=object)
    skin_types[customer] = text(users, c.SKIN_TYPE)
    cutoff_day = np.full(count, np.nan)
    cutoff_day[customer] = days(users, c.CUTOFF_AT)

    bought = at(tables.visible_purchases, protocol, split)
    sequence = numbers(bought, c.TRANSACTION_SEQUENCE, 0.0)
    # Within a basket the till's order means nothing: `_rows` falls back on hash-ordered positions.
    purchases = _rows(*keys(bought), sequence, count, sequence)

    purchase_days = _rows(*keys(bought), _known_days(bought), count, sequence)

    facts = at(tables.user_products, protocol, split)
    rated = facts.filter(pc.is_valid(facts[c.RATING]))
    targets = at(tables.targets, protocol, split)
    is_repeat = numbers(targets, c.IS_REPEAT, 0.0) > 0
    rates = at(tables.products, protocol, split)
    repurchase_rates = np.full(len(products), np.nan)
    repurchase_rates[products.positions(rates[c.PRODUCT])] = numbers(rates, c.REPURCHASE_RATE, np.nan)
    return Snapshot(
        present=present,
        is_ordered=_is_ordered(bought),
        purchases=purchases,
        purchase_days=purchase_days,
        buckets=buckets,
        skin_types=skin_types,
        cutoff_day=cutoff_day,
        concerns=_concerns(data, protocol, split),
        ratings=_rows(*keys(rated), numbers(rated, c.RATING, 0.0), count),
        events=_events(facts, *keys(facts), count),
        due=_due(facts.filter(pc.fill_null(facts[c.IS_DUE].cast(pa.bool_()), False)), keys),
        repurchase_rates=repurchase_rates,
        excluded=excluded_products(tables, protocol, split, data.customers, products),
        targets=_rows(*keys(targets.filter(pa.array(~is_repeat))), 1.0, count),
        repeat_targets=_rows(*keys(targets.filter(pa.array(is_repeat))), 1.0, count),
    )


def _is_ordered(bought: pa.Table) -> bool:
    """Not where most times are surrogate: they count rows, whose order says nothing about what came first."""
    if c.TIME_PRECISION not in bought.column_names or not bought.num_rows:
        return True
    return bool((text(bought, c.TIME_PRECISION) == SURROGATE).mean() <= 0.5)


def _known_days(bought: pa.Table) -> npt.NDArray[np.float64]:
    """Whole days of purchases; nan without times, and for surrogate times, which only tell an order."""
    if c.ORDERED_AT not in bought.column_names:
        return np.full(bought.num_rows, np.nan)
    known = np.floor(days(bought, c.ORDERED_AT))
    if c.TIME_PRECISION in bought.column_names:
        known[text(bought, c.TIME_PRECISION) == SURROGATE] = np.nan
    return known


def _concerns(data: Dataset, protocol: str, split: str) -> Ragged:
    count = len(data.customers)
    known = data.catalogue.terms.get("concern")
    if known is None:
        return Ragged.empty(count)
    table = at(data.tables.user_concerns, protocol, split)
    shopped = np.clip(numbers(table, c.SHOPPED_WEIGHT, 0.0), 0.0, 1.0)
    weight = np.where(numbers(table, c.IS_DECLARED, 0.0) > 0, DECLARED_CONCERN_WEIGHT, shopped)
    return _rows(data.customers.positions(table[c.CUSTOMER]), known.names.positions(table[c.CONCERN]), weight, count)


def _events(
    facts: pa.Table, customers: npt.NDArray[np.int32], products: npt.NDArray[np.int32], count: int
) -> dict[str, Ragged]:
    """Events by kind with products that the customer never bought."""
    never_bought = numbers(facts, c.TIMES_BOUGHT, 0.0) == 0
    events = {}
    for kind in sorted(set(EVENT_COUNTS).intersection(facts.column_names)):
        happened = numbers(facts, kind, 0.0)
        counted = never_bought & (happened > 0)
        events[kind] = _rows(customers[counted], products[counted], happened[counted], count)
    return events


def _due(table: pa.Table, keys: Any) -> DueProducts:
    customers, products = keys(table)
    kept = np.flatnonzero((customers >= 0) & (products >= 0))
    kept = kept[np.lexsort((products[kept], customers[kept]))]
    return DueProducts(
        customers[kept],
        products[kept],
        numbers(table, c.TIMES_BOUGHT, 1.0)[kept].astype(np.float32),
        days(table, c.LAST_BOUGHT_AT)[kept],
        days(table, c.DUE_AT)[kept],
    )
