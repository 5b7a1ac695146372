"""The tables that the library reads: which, with which columns, and a clear complaint when one lacks something.

Each is an Arrow table. Columns beyond the required ones are ignored, the order of rows never matters, and id columns
may be plain or dictionary-encoded text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c

REQUIRED_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    # ftr_visible_purchases: what each customer had bought before the cutoff of (protocol, split).
    "visible_purchases": (c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.PRODUCT, c.TRANSACTION_SEQUENCE, c.LINE_SEQUENCE),
    # ftr_targets: the held-out transaction, one row a product.
    "targets": (c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.PRODUCT, c.IS_REPEAT),
    # ftr_users: one row a customer and (protocol, split); serving's rows say who gets recommendations.
    "users": (c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.BUCKET, c.SKIN_TYPE, c.CUTOFF_AT),
    # ftr_buckets: the hierarchy all -> skin type -> age band -> region; the root's parent is null.
    "buckets": (c.BUCKET, c.BUCKET_LEVEL, c.PARENT_BUCKET),
    # ftr_product_terms: what products are made of and made for.
    "product_terms": (c.PRODUCT, c.TERM_KIND, c.TERM, c.WEIGHT),
    # dim_products.
    "dim_products": (c.PRODUCT, c.PRODUCT_NAME, c.BRAND, c.DESCRIPTION, c.CLAIMS_TEXT, c.LAUNCHED_ON, c.IS_IN_STOCK),
    # ftr_products.
    "products": (c.PROTOCOL, c.SPLIT, c.PRODUCT, c.REPURCHASE_RATE),
    # ftr_user_products: customer x product facts as of the cutoff.
    "user_products": (
        c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.PRODUCT, c.TIMES_BOUGHT, c.LAST_BOUGHT_AT, c.DUE_AT, c.IS_DUE, c.RATING,
    ),
    # ftr_user_concerns: declared and shopped-for skin concerns.
    "user_concerns": (c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.CONCERN, c.SHOPPED_WEIGHT, c.IS_DECLARED),
    # ftr_user_exclusions and ftr_exclusion_products: what a customer must never be shown.
    "user_exclusions": (c.PROTOCOL, c.SPLIT, c.CUSTOMER, c.EXCLUSION_KIND, c.EXCLUSION),
    "exclusion_products": (c.EXCLUSION_KIND, c.EXCLUSION, c.PRODUCT),
}  # fmt: skip

# Columns of user_products: how often something happened, by kind, before the day of the cutoff.
EVENT_COUNTS: Final = (c.VIEWS, c.CLICKS, c.LIKES, c.SAVES, c.UNSAVES, c.CARTS)
# Columns that are read where a table has them.
OPTIONAL_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    # Real times let the ranker see how old a product was, and how it sold, when a customer last bought.
    "visible_purchases": (c.ORDERED_AT, c.TIME_PRECISION),
    # Events tell what a customer took an interest in.
    "user_products": EVENT_COUNTS,
}


def columns_of(name: str, available: Iterable[str]) -> tuple[str, ...]:
    """The columns that the library reads of a table: the required ones, and what there is of the optional ones."""
    there = frozenset(available)
    return REQUIRED_COLUMNS[name] + tuple(column for column in OPTIONAL_COLUMNS.get(name, ()) if column in there)


class MissingColumnsError(ValueError):
    """An input table lacks columns that the library needs."""


@dataclass(frozen=True)
class Tables:
    """The input of training, evaluation and scoring. See `REQUIRED_COLUMNS` for the columns of each table.

    Raises:
        MissingColumnsError: naming the table and the columns, when a required one is absent.
    """

    visible_purchases: pa.Table
    targets: pa.Table
    users: pa.Table
    buckets: pa.Table
    product_terms: pa.Table
    dim_products: pa.Table
    products: pa.Table
    user_products: pa.Table
    user_concerns: pa.Table
    user_exclusions: pa.Table
    exclusion_products: pa.Table

    def __post_init__(self) -> None:
        for field in fields(self):
            table = getattr(self, field.name)
            missing = [name for name in REQUIRED_COLUMNS[field.name] if name not in table.column_names]
            if missing:
                found = ", ".join(table.column_names)
                raise MissingColumnsError(
                    f"table '{field.name}' lacks the column(s) {', '.join(missing)}; it has {found}"
                )

    def snapshots(self) -> list[tuple[str, str]]:
        """The (protocol, split) pairs that occur in `users`, sorted."""
        pairs = self.users.select([c.PROTOCOL, c.SPLIT]).group_by([c.PROTOCOL, c.SPLIT]).aggregate([])
        return sorted((row[c.PROTOCOL], row[c.SPLIT]) for row in pairs.to_pylist())


def at(table: pa.Table, protocol: str, split: str) -> pa.Table:
    """Rows of `table` that belong to one (protocol, split)."""
    return table.filter(pc.and_(pc.equal(table[c.PROTOCOL], protocol), pc.equal(table[c.SPLIT], split)))


def text(table: pa.Table, column: str) -> npt.NDArray[np.object_]:
    """A text column as Python strings; null becomes the empty string."""
    values: npt.NDArray[np.object_] = pc.fill_null(table[column].cast(pa.string()), "").to_numpy(zero_copy_only=False)
    return values


def numbers(table: pa.Table, column: str, null: float) -> npt.NDArray[np.float64]:
    """A numeric or boolean column as doubles; null becomes `null`."""
    values: npt.NDArray[np.float64] = pc.fill_null(table[column].cast(pa.float64()), null).to_numpy()
    return values


def days(table: pa.Table, column: str) -> npt.NDArray[np.float64]:
    """A date or timestamp column as days since 1970; null becomes nan."""
    moments: npt.NDArray[Any] = table[column].cast(pa.timestamp("us")).to_numpy()
    values: npt.NDArray[np.float64] = (moments - np.datetime64(0, "us")) / np.timedelta64(1, "D")
    return values
