"""Finds the product that somebody means, by its id or by words of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glowhouse.errors import GlowhouseError
from glowhouse.suggestions import did_you_mean

SHOWN = 8


class ProductError(GlowhouseError):
    """No product, or more than one, is meant; the message lists what may be."""


@dataclass(frozen=True)
class Product:
    """A product as people know it."""

    product_id: str
    name: str
    brand: str | None
    price_eur: float | None = None
    is_in_stock: bool = True

    @property
    def title(self) -> str:
        """Brand and name, the brand once: many names begin with it."""
        if not self.brand or self.name.lower().startswith(self.brand.lower()):
            return self.name
        return f"{self.brand} {self.name}"


def find_product(wanted: str, products: Mapping[str, Product]) -> Product:
    """The product whose id is `wanted`, or the only one whose brand and name hold all its words.

    Raises:
        ProductError: there is none, or there are several.
    """
    if wanted in products:
        return products[wanted]
    words = wanted.lower().split()
    found = [product for product in products.values() if words and all(word in product.title.lower() for word in words)]
    named = [product for product in found if product.title.lower() == wanted.lower()]
    if len(found) == 1 or len(named) == 1:
        return (named or found)[0]
    if found:
        raise ProductError(f"{len(found)} products are called {wanted!r}; say which by its id:\n{_listed(found)}")
    known = {*products, *(product.name.lower() for product in products.values())}
    raise ProductError(f"There is no product {wanted!r}, neither as an id nor as a name.{did_you_mean(wanted, known)}")


def _listed(products: Sequence[Product]) -> str:
    shown = sorted(products, key=lambda product: (product.title, product.product_id))[:SHOWN]
    lines = [f"  {product.product_id}  {product.title}" for product in shown]
    more = len(products) - len(shown)
    return "\n".join([*lines, *([f"  … and {more} more"] if more else [])])
