"""Reads a release: what consumers see. The build's warehouse is never opened here, so a build may run meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from glowhouse.errors import GlowhouseError
from glowhouse.release import SERVING_FILE


class ServingError(GlowhouseError):
    """The release is missing, incomplete, or does not know what was asked for; the message says what to do."""


@dataclass(frozen=True)
class Item:
    """One recommended product.

    Attributes:
        facts: every column of `recommendations`, by name.
        product_name, brand, price_eur: of the product; its id where it has no name.
    """

    facts: dict[str, Any]
    product_name: str
    brand: str | None
    price_eur: float | None

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
            "product_name": self.product_name,
            "brand": self.brand,
            "price_eur": self.price_eur,
        }


class Serving:
    """The release in a folder, opened read-only.

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
        try:
            self._connection = duckdb.connect(str(file), read_only=True)
        except duckdb.Error as error:
            raise ServingError(f"The release cannot be opened: {error}. Run `dbt build` again.") from error

    def __enter__(self) -> Serving:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def recommendations(self, customer_id: str, count: int | None = None) -> list[Item]:
        """What the customer is recommended, best first; empty for a customer whom the release does not know."""
        rows = self.rows(_RECOMMENDATIONS, [customer_id, count])
        names = [str(column[0]) for column in self._connection.description or ()]
        products = {"product_name", "brand", "price_eur"}
        items = []
        for row in rows:
            facts = dict(zip(names, row, strict=True))
            of_product = {name: facts.pop(name) for name in products}
            items.append(Item(facts, **of_product))
        return items

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query on the release.

        Raises:
            ServingError: the release lacks a table or a column: it is of another version, or unfinished.
        """
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise ServingError(f"The release is incomplete: {error}. Run `dbt build` again.") from error


_RECOMMENDATIONS = """
    select
        recommendations.*,
        coalesce(products.product_name, recommendations.product_id) as product_name,
        products.brand,
        products.price_eur
    from recommendations
    left join products using (product_id)
    where customer_id = ?
    order by recommendations.rank
    limit ?
"""
