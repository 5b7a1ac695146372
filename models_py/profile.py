"""A customer as described rather than observed: somebody new, or a known customer who says more.

The description becomes rows of the library's input tables, so that a new customer is answered by the very path that
answers everybody in the build.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.rules import tables as t
from models_py.rules.tables import RuleTables
from models_py.tables import REQUIRED_COLUMNS, Tables

NEW_CUSTOMER = "new customer"
ROOT_LEVEL = 0


@dataclass(frozen=True)
class Exclusion:
    """What must not be shown: kind is `family` or `ingredient`."""

    kind: str
    id: str


@dataclass(frozen=True)
class Profile:
    """What is known of a customer without any event.

    Attributes:
        skin_type, age_band, region: as in `ftr_users`; empty where unknown.
        concerns: skin concerns, all as if declared.
        exclusions: what must not be shown.
        bought: products, oldest first; each its own transaction.
        customer_id: what to call the customer.
    """

    skin_type: str = ""
    age_band: str = ""
    region: str = ""
    concerns: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    bought: tuple[str, ...] = ()
    customer_id: str = NEW_CUSTOMER


@dataclass(frozen=True)
class Contents:
    """What products contain, to find what an exclusion forbids.

    Attributes:
        contained: rows (exclusion_kind, exclusion_id, product_id), for every ingredient and family.
        unlisted: (product_id), products of which nobody knows what they contain: every exclusion forbids them.
    """

    contained: pa.Table
    unlisted: pa.Table

    def products_of(self, exclusion: Exclusion) -> set[str]:
        """Products that contain it."""
        is_it = pc.and_(
            pc.equal(self.contained[c.EXCLUSION_KIND], exclusion.kind),
            pc.equal(self.contained[c.EXCLUSION], exclusion.id),
        )
        return set(self.contained.filter(is_it)[c.PRODUCT].to_pylist())

    def forbidden(self, exclusions: Iterable[Exclusion], like: pa.Table) -> pa.Table:
        """Rows of `exclusion_products` for some exclusions, with the schema of `like`."""
        unlisted = set(self.unlisted[c.PRODUCT].to_pylist())
        return _rows(
            like,
            [
                {c.EXCLUSION_KIND: exclusion.kind, c.EXCLUSION: exclusion.id, c.PRODUCT: product}
                for exclusion in dict.fromkeys(exclusions)
                for product in sorted(self.products_of(exclusion) | unlisted)
            ],
        )


def with_customer(shop: Tables, profile: Profile, contents: Contents, as_of: Any) -> Tables:
    """The shop's tables with nobody in them but the customer that the profile describes.

    Args:
        shop: catalogue and buckets; rows of customers are dropped.
        contents: what products contain.
        as_of: the moment to recommend at.
    """
    customer = {c.PROTOCOL: c.SERVING, c.SPLIT: c.SERVING, c.CUSTOMER: profile.customer_id}
    rows: Mapping[str, list[dict[str, Any]]] = {
        "users": [{c.BUCKET: bucket_of(profile, shop.buckets), c.SKIN_TYPE: profile.skin_type, c.CUTOFF_AT: as_of}],
        "visible_purchases": [
            {c.PRODUCT: product, c.TRANSACTION_SEQUENCE: place, c.LINE_SEQUENCE: place}
            for place, product in enumerate(profile.bought, 1)
        ],
        "user_concerns": [{c.CONCERN: concern, c.IS_DECLARED: True} for concern in profile.concerns],
        "user_exclusions": [{c.EXCLUSION_KIND: e.kind, c.EXCLUSION: e.id} for e in dict.fromkeys(profile.exclusions)],
    }
    of_customer = {
        field.name: _rows(getattr(shop, field.name), [customer | row for row in rows.get(field.name, [])])
        for field in fields(shop)
        if c.CUSTOMER in REQUIRED_COLUMNS[field.name]
    }
    forbidden = contents.forbidden(profile.exclusions, shop.exclusion_products)
    return replace(shop, **of_customer, exclusion_products=forbidden)


def rules_of(profile: Profile, rules: RuleTables, conflicts: pa.Table) -> RuleTables:
    """The rules, with what conflicts with the products that the profile says were bought: all count as in use.

    Args:
        rules: those of everybody alike.
        conflicts: (conflict_id, severity, reason).
    """
    known = {row[t.CONFLICT]: row for row in conflicts.to_pylist()}
    customer = {c.PROTOCOL: c.SERVING, c.SPLIT: c.SERVING, c.CUSTOMER: profile.customer_id}
    rows = [
        {
            **customer,
            t.CONFLICT: stands[t.CONFLICT],
            t.CONFLICTING_SIDE: "b" if stands[t.SIDE] == "a" else "a",
            t.SEVERITY: known[stands[t.CONFLICT]][t.SEVERITY],
            t.CONFLICT_REASON: known[stands[t.CONFLICT]][t.CONFLICT_REASON],
            t.EVIDENCE_PRODUCT: stands[c.PRODUCT],
        }
        for stands in rules.conflict_products.to_pylist()
        if stands[c.PRODUCT] in profile.bought
    ]
    return replace(rules, user_conflicts=_rows(rules.user_conflicts, rows))


def bucket_of(profile: Profile, buckets: pa.Table) -> str:
    """The finest bucket of the shop that the profile falls into; the bucket of everybody if none.

    A bucket ends before the first characteristic that is unknown, as the macro `bucket_id` has it.
    """
    path: list[str] = []
    for characteristic in (profile.skin_type, profile.age_band, profile.region):
        if characteristic in ("", "unknown"):
            break
        path.append(characteristic)
    known = dict(zip(buckets[c.BUCKET].to_pylist(), buckets[c.BUCKET_LEVEL].to_pylist(), strict=True))
    while path and "/".join(path) not in known:
        path.pop()
    if path:
        return "/".join(path)
    return str(next(bucket for bucket, level in known.items() if level == ROOT_LEVEL))


def _rows(like: pa.Table, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows with the schema of a table; what is not named is null."""
    return pa.Table.from_pylist(rows, schema=like.schema)
