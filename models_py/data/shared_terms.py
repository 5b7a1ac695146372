"""What two products have in common and most others have not."""

import numpy as np

from models_py.data.dataset import Catalogue

# What more than this share of the products have, the two aside, says nothing: water, say.
TOO_COMMON = 0.25


class SharedTerms:
    """Finds the telling terms that two products share."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._terms = catalogue.terms
        self._telling = {
            kind: np.bincount(terms.weights.ids, minlength=len(terms.names)) - 2 <= TOO_COMMON * len(catalogue)
            for kind, terms in catalogue.terms.items()
        }

    def of(self, kind: str, product: int, other: int) -> list[str]:
        """Shared terms of one kind, those first that weigh most in `product`."""
        terms = self._terms.get(kind)
        if terms is None:
            return []
        own = terms.weights.slice(product, product + 1)
        others = set(terms.weights.slice(other, other + 1).ids.tolist())
        telling = self._telling[kind]
        ordered = sorted(zip(-own.values, own.ids.tolist(), strict=True))
        return [str(terms.names.names[term]) for _, term in ordered if term in others and telling[term]]
