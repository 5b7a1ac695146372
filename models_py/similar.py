"""Products like one product: alike in what they are, and bought together with it."""

from dataclasses import dataclass
from typing import Final

from models_py.data.shared_terms import SharedTerms
from models_py.parts.names import CONTENT, ITEM_TO_ITEM
from models_py.parts.part import NeighbourPart
from models_py.serving import Serving

# Kinds of terms that are worth naming, the most telling first.
NAMED_KINDS: Final = ("ingredient", "concern", "category", "brand")
TERMS_NAMED: Final = 3


@dataclass(frozen=True)
class Neighbour:
    """One product like another.

    Attributes:
        score: cosine of what products are, or strength of being bought together; comparable within a list only.
        shared: terms in common, by kind.
    """

    product_id: str
    score: float
    shared: dict[str, list[str]]


def alike(serving: Serving, product_id: str, count: int) -> list[Neighbour]:
    """The products most alike in what they are: those in stock, the most alike first."""
    return _neighbours(serving, CONTENT, product_id, count)


def bought_together(serving: Serving, product_id: str, count: int) -> list[Neighbour]:
    """The products most bought together with it, and after it: those in stock, the most first."""
    return _neighbours(serving, ITEM_TO_ITEM, product_id, count)


def _neighbours(serving: Serving, part: str, product_id: str, count: int) -> list[Neighbour]:
    fitted, catalogue = serving.hybrid.parts.get(part), serving.data.catalogue
    row = catalogue.index.names.tolist().index(product_id)
    if not isinstance(fitted, NeighbourPart) or row >= len(fitted.neighbours):
        return []
    found = fitted.neighbours.slice(row, row + 1)
    shared = SharedTerms(catalogue)
    return [
        Neighbour(
            product_id=str(catalogue.index.names[other]),
            score=round(float(score), 6),
            shared={kind: terms[:TERMS_NAMED] for kind in NAMED_KINDS if (terms := shared.of(kind, row, int(other)))},
        )
        for other, score in zip(found.ids[:count], found.values[:count], strict=True)
    ]
