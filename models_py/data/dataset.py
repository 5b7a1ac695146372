"""What the models learn from, as arrays: the catalogue, and what was known of everybody at a cutoff.

A `Snapshot` holds one (protocol, split) of the feature store. The rows of every `Ragged` in it are customers by
position, so that snapshots of one data set fit together: parts are fitted on one and asked about another.
`assemble.py` makes these from tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models_py.arrays.index import Index
from models_py.arrays.ragged import Floats, Ints, Ragged

Texts = npt.NDArray[np.object_]
Days = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Terms:
    """Products x terms of one kind, with weights; `names` holds the terms by position."""

    names: Index
    weights: Ragged


@dataclass(frozen=True)
class Catalogue:
    """Products by position.

    Attributes:
        index: ids; ids that the catalogue no longer lists are kept (a model may know them), out of stock and nameless.
        names, brands: for people to read.
        texts: name, claims and description, for the text part of content.
        in_stock: whether it can be recommended.
        launched_day: days since 1970; nan when unknown.
        terms: by kind: ingredient, ingredient_family, concern, skin_type, brand, category, price_band.
    """

    index: Index
    names: Texts
    brands: Texts
    texts: Texts
    in_stock: Flags
    launched_day: Days
    terms: Mapping[str, Terms]

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True)
class BucketTree:
    """Buckets by position; `parents` is -1 for the root; `levels` holds positions from the root downwards.

    Raises:
        ValueError: when there is not exactly one root, or a parent does not stand one level above its child.
    """

    index: Index
    parents: Ints
    levels: tuple[Ints, ...]

    def __post_init__(self) -> None:
        if not self.levels or len(self.levels[0]) != 1 or self.parents[self.levels[0][0]] != -1:
            raise ValueError("the buckets need exactly one root, at level 0 and without a parent")
        for above, level in zip(self.levels, self.levels[1:], strict=False):
            orphans = level[~np.isin(self.parents[level], above)]
            if len(orphans):
                raise ValueError(f"bucket {self.index.names[orphans[0]]!r} has no parent one level above it")

    @property
    def root(self) -> int:
        """Position of the bucket of everybody."""
        return int(self.levels[0][0])


@dataclass(frozen=True)
class DueProducts:
    """Purchases that are due again: one entry a (customer, product), in parallel arrays."""

    customers: Ints
    products: Ints
    times_bought: Floats
    bought_day: Days
    due_day: Days


@dataclass(frozen=True)
class Snapshot:
    """All that was visible at one (protocol, split).

    Attributes:
        present: customers that this (protocol, split) lists.
        is_ordered: whether the order of purchases means anything; it does not where most of their times are surrogate.
        purchases: products bought, oldest first; the values are sequence numbers of transactions (equal: one basket).
        purchase_days: `purchases` with the day of each, in days since 1970, as values; nan when unknown.
        buckets: position of each customer's bucket.
        skin_types: as text.
        cutoff_day: days since 1970; nan when unknown.
        concerns: position among the catalogue's concern terms, and how much it matters to the customer (0..1).
        ratings: products rated and how (1..5), each once a customer, products rising.
        events: by kind (views, carts, ...): how often it happened, with products that the customer never bought.
        due: products due for a repurchase.
        repurchase_rates: (products,) share of buyers who bought again; nan when unknown.
        excluded: products that must never be shown to the customer.
        targets: held-out products that the customer had not bought before.
        repeat_targets: held-out products that the customer had bought before.
    """

    present: Flags
    is_ordered: bool
    purchases: Ragged
    purchase_days: Ragged
    buckets: Ints
    skin_types: Texts
    cutoff_day: Days
    concerns: Ragged
    ratings: Ragged
    events: Mapping[str, Ragged]
    due: DueProducts
    repurchase_rates: Days
    excluded: Ragged
    targets: Ragged
    repeat_targets: Ragged

    def __post_init__(self) -> None:
        customers = len(self.present)
        for name in ("purchases", "purchase_days", "concerns", "ratings", "excluded", "targets", "repeat_targets"):
            if len(getattr(self, name)) != customers:
                raise ValueError(f"the snapshot's {name} must have one row for each of its {customers} customers")

    @classmethod
    def of_purchases(cls, purchases: Ragged, products: int) -> "Snapshot":
        """Purchases in their order and nothing else, where there is no warehouse; each is a transaction of its own.

        Args:
            purchases: customers x products, oldest first; the values are not used.
            products: size of the catalogue.
        """
        customers = len(purchases)
        place = np.arange(len(purchases.ids)) - np.repeat(purchases.ptr[:-1], purchases.lengths)
        no_ids: Ints = np.empty(0, np.int32)
        no_days: Days = np.empty(0)
        nothing = Ragged.empty(customers)
        return cls(
            present=np.ones(customers, np.bool_),
            is_ordered=True,
            purchases=purchases.with_values(place.astype(np.float32)),
            purchase_days=purchases.with_values(np.nan),
            buckets=np.zeros(customers, np.int32),
            skin_types=np.full(customers, "", np.object_),
            cutoff_day=np.full(customers, np.nan),
            concerns=nothing,
            ratings=nothing,
            events={},
            due=DueProducts(no_ids, no_ids, no_days.astype(np.float32), no_days, no_days),
            repurchase_rates=np.full(products, np.nan),
            excluded=nothing,
            targets=nothing,
            repeat_targets=nothing,
        )

    def __len__(self) -> int:
        return len(self.present)

    @property
    def transactions(self) -> Ints:
        """The transaction's sequence number of each entry of `purchases`."""
        return self.purchases.values.astype(np.int32)

    def history(self, count: int) -> Ragged:
        """The latest `count` purchases of each customer; all of them where none can be called the latest."""
        return self.purchases.last(count) if self.is_ordered else self.purchases

    def rows(self, customers: npt.NDArray[np.int64]) -> "Snapshot":
        """The same of some customers only, renumbered from 0 in the given order."""
        place = np.full(len(self), -1, np.int32)
        place[customers] = np.arange(len(customers), dtype=np.int32)
        kept = place[self.due.customers] >= 0
        due = DueProducts(
            place[self.due.customers][kept], self.due.products[kept], self.due.times_bought[kept],
            self.due.bought_day[kept], self.due.due_day[kept],
        )  # fmt: skip
        return replace(
            self,
            present=self.present[customers],
            purchases=self.purchases.take(customers),
            purchase_days=self.purchase_days.take(customers),
            buckets=self.buckets[customers],
            skin_types=self.skin_types[customers],
            cutoff_day=self.cutoff_day[customers],
            concerns=self.concerns.take(customers),
            ratings=self.ratings.take(customers),
            events={kind: counts.take(customers) for kind, counts in self.events.items()},
            due=due,
            excluded=self.excluded.take(customers),
            targets=self.targets.take(customers),
            repeat_targets=self.repeat_targets.take(customers),
        )
