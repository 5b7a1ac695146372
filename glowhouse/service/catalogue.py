"""The products of a release, as the service tells of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from glowhouse.product_search import Product


@dataclass(frozen=True)
class CatalogueProduct:
    """A product as a shop window shows it.

    Attributes:
        product: id, name, brand, price and whether it can be sold.
        category_path: from the root to the leaf.
        average_rating: in stars.
    """

    product: Product
    category_path: str | None = None
    average_rating: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CatalogueProduct:
        """From a row of the released products; releases of earlier versions lack some columns."""
        product_id = row["product_id"]
        return cls(
            Product(
                product_id=product_id,
                name=row["product_name"] or product_id,
                brand=row.get("brand"),
                price_eur=row.get("price_eur"),
                is_in_stock=bool(row.get("is_in_stock")),
            ),
            row.get("category_path"),
            row.get("average_rating"),
        )


@dataclass(frozen=True)
class Catalogue:
    """All products by id, in the order of their titles."""

    products: Mapping[str, CatalogueProduct]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Catalogue:
        """From the released products."""
        products = [CatalogueProduct.of(row) for row in rows]
        products.sort(key=lambda one: (one.product.title.lower(), one.product.product_id))
        return cls({one.product.product_id: one for one in products})

    def get(self, product_id: str) -> CatalogueProduct:
        """The product; one that only its id is known of, where the release has rows of a product that it lacks."""
        return self.products.get(product_id) or CatalogueProduct(Product(product_id, product_id, None))

    def search(self, text: str, count: int) -> list[CatalogueProduct]:
        """Products whose brand, name and category hold all words of the text; without any word, the first ones."""
        words = text.lower().split()
        found = (product_id for product_id, searched in self._searched if all(word in searched for word in words))
        return [self.products[product_id] for product_id, _ in zip(found, range(count), strict=False)]

    @cached_property
    def _searched(self) -> list[tuple[str, str]]:
        return [
            (product_id, re.sub(r"\s+", " ", f"{one.product.title} {one.category_path or ''}").lower())
            for product_id, one in self.products.items()
        ]
