"""Reads a release: what consumers see. The build's warehouse is never opened here, so a build may run meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import duckdb

from glowhouse.database_file import quoted
from glowhouse.errors import GlowhouseError
from glowhouse.product_search import Product
from glowhouse.release_files import PACKAGES_FOLDER, RELEASE_TABLE, SERVING_FILE

if TYPE_CHECKING:
    from glowhouse.serving_model import ServingModel


class ServingError(GlowhouseError):
    """The release is missing, incomplete, or does not know what was asked for; the message says what to do."""


@dataclass(frozen=True)
class Item:
    """One recommended product.

    Attributes:
        facts: every column of `recommendations`, by name.
        product: what is recommended.
    """

    facts: dict[str, Any]
    product: Product

    @property
    def score_parts(self) -> dict[str, float]:
        """What each part added to the score, by part, the largest first; parts that added nothing are left out."""
        parts = {
            name.removesuffix("_score"): value
            for name, value in self.facts.items()
            if name.endswith("_score") and value is not None and round(value, 6) != 0
        }
        return dict(sorted(parts.items(), key=lambda part: -abs(part[1])))

    def row(self) -> dict[str, Any]:
        """Everything in one flat row, for machines."""
        return {
            **self.facts,
            "product_name": self.product.name,
            "brand": self.product.brand,
            "price_eur": self.product.price_eur,
        }


class Serving:
    """The release in a folder, opened read-only. It stays this release, whatever is published meanwhile.

    Questions may come from several threads.

    Args:
        folder: where `serving.duckdb` lies.

    Raises:
        ServingError: there is no release, or it cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        file = folder / SERVING_FILE
        if not file.is_file():
            raise ServingError(f"There is no release at {file} yet. Run `dbt build` first.")
        # Attached to a database of its own: DuckDB gives a process that connects to a path a second time the file that
        # it has open there, which after a release is the one before.
        self._connection = duckdb.connect(config=ONE_THREAD)
        try:
            self._connection.execute(f"attach '{quoted(file)}' as {_RELEASED} (read_only)")
        except duckdb.Error as error:
            self._connection.close()
            raise ServingError(f"The release cannot be opened: {error}. Run `dbt build` again.") from error
        self._of_thread = threading.local()
        self._cursors: list[duckdb.DuckDBPyConnection] = []

    def __enter__(self) -> Serving:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. To be called when no thread asks any more."""
        for cursor in self._cursors:
            cursor.close()
        self._connection.close()

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The catalogue of the release by id."""
        rows = self.rows("select product_id, product_name, brand, price_eur, is_in_stock from products")
        return {
            str(product_id): Product(product_id, name or product_id, brand, price, bool(in_stock))
            for product_id, name, brand, price, in_stock in rows
        }

    @cached_property
    def release_id(self) -> str:
        """Which release this is."""
        return str(self.rows(f"select release_id from {RELEASE_TABLE}")[0][0])

    @cached_property
    def model_id(self) -> str | None:
        """Which model package belongs to it; None for a release that was made without."""
        model_id = self.rows(f"select model_id from {RELEASE_TABLE}")[0][0]
        return None if model_id is None else str(model_id)

    @cached_property
    def model(self) -> ServingModel:
        """The model of this very release.

        Raises:
            ServingError: the release was made without its model.
        """
        folder = self.folder / PACKAGES_FOLDER / str(self.model_id)
        if self.model_id is None or not folder.is_dir():
            raise ServingError(
                f"The release in {self.folder} has no model beside it ({PACKAGES_FOLDER}/). Run `dbt build` again."
            )
        # The model's libraries take seconds to import, and most questions are answered by the released rows.
        from glowhouse.serving_model import ServingModel

        return ServingModel(folder)

    def recommendations(self, customer_id: str, count: int | None = None) -> list[Item]:
        """What the customer is recommended, best first; empty for a customer whom the release does not know."""
        return [self.item(facts) for facts in self.records(_RECOMMENDATIONS, [customer_id, count])]

    def item(self, facts: dict[str, Any]) -> Item:
        """A row of recommendations with its product."""
        product_id = facts["product_id"]
        return Item(facts, self.products.get(product_id, Product(product_id, product_id, None)))

    def customer_ids(self, count: int) -> list[str]:
        """A few customers whom the release knows, always the same."""
        query = "select distinct customer_id from recommendations order by md5(customer_id), customer_id limit ?"
        return [str(row[0]) for row in self.rows(query, [count])]

    def customers_like(self, customer_id: str, count: int = 3) -> list[str]:
        """Customers whose ids are spelled most alike."""
        query = "select distinct customer_id from recommendations order by levenshtein(customer_id, ?), 1 limit ?"
        return [str(row[0]) for row in self.rows(query, [customer_id, count])]

    def columns_of(self, table: str) -> list[str]:
        """The columns of a table of the release."""
        done = self._executed(f'select * from "{table}" limit 0', [])
        return [str(column[0]) for column in done.description or ()]

    def has_table(self, name: str) -> bool:
        """Whether the release has this table; releases of earlier versions lack some."""
        query = "select 1 from duckdb_tables() where database_name = ? and table_name = ?"
        return bool(self.rows(query, [_RELEASED, name]))

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query on the release.

        Raises:
            ServingError: the release lacks a table or a column: it is of another version, or unfinished.
        """
        return self._executed(sql, parameters).fetchall()

    def records(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The rows of a query on the release, each by name of column.

        Raises:
            ServingError: as for `rows`.
        """
        done = self._executed(sql, parameters)
        names = [str(column[0]) for column in done.description or ()]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def _executed(self, sql: str, parameters: Sequence[object]) -> duckdb.DuckDBPyConnection:
        try:
            return self._cursor.execute(sql, parameters)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise ServingError(f"The release is incomplete: {error}. Run `dbt build` again.") from error

    @property
    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """One a thread, because a result belongs to its cursor."""
        cursor: duckdb.DuckDBPyConnection | None = getattr(self._of_thread, "cursor", None)
        if cursor is None:
            cursor = self._connection.cursor()
            cursor.execute(f"use {_RELEASED}")
            self._of_thread.cursor = cursor
            self._cursors.append(cursor)
        return cursor


# A question is answered before a second thread would be awake.
ONE_THREAD: Final[dict[str, Any]] = {"threads": 1}
# What the attached release is called; a query need not say it.
_RELEASED = "released"
_RECOMMENDATIONS = "select * from recommendations where customer_id = ? order by rank limit ?"
