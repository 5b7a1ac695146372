"""Why a product is recommended: a code, a sentence, and the purchase or concern that is the evidence.

The reason is what adds most to the score, so it is what really moved the recommendation. Parts that speak of the same
thing, as all collaborative ones do, count together.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models_py.bucket_average import FittedBuckets
from models_py.dataset import BucketTree, Catalogue, Snapshot
from models_py.hybrid import Hybrid, Ranking
from models_py.part import NeighbourPart
from models_py.parts import BUCKET, COLLABORATIVE, CONCERNS, CONTENT, REPURCHASE
from models_py.ragged import Floats, Ints, Ragged
from models_py.scoring import from_lists

RESTOCK_DUE: Final = "restock_due"
BOUGHT_TOGETHER: Final = "bought_together"
SIMILAR_TO_PURCHASE: Final = "similar_to_purchase"
SKIN_CONCERN_MATCH: Final = "skin_concern_match"
BUCKET_FAVOURITE: Final = "bucket_favourite"
POPULAR_NOW: Final = "popular_now"

CODE_OF_PART: Final = {
    REPURCHASE: RESTOCK_DUE,
    **dict.fromkeys(COLLABORATIVE, BOUGHT_TOGETHER),
    CONTENT: SIMILAR_TO_PURCHASE,
    CONCERNS: SKIN_CONCERN_MATCH,
    BUCKET: BUCKET_FAVOURITE,
}
SHARED_NAMED = 3


@dataclass(frozen=True)
class Reasons:
    """One entry a recommended row, in the order of the rows.

    Attributes:
        codes: see `ref_reason_codes`.
        sentences: for the customer to read.
        evidence: position of the bought product that contributed most; -1 where the reason is no purchase.
        concerns: position of the concern that contributed most; -1 where the reason is no concern.
    """

    codes: npt.NDArray[np.object_]
    sentences: npt.NDArray[np.object_]
    evidence: Ints
    concerns: Ints


def explain(
    ranking: Ranking, customers: Snapshot, hybrid: Hybrid, catalogue: Catalogue, buckets: BucketTree
) -> Reasons:
    """Explain every filled slot of a ranking, row by row."""
    pairs = from_lists(ranking.ids, ranking.scores)
    contributions = ranking.contributions[ranking.ids >= 0]
    codes = _strongest(contributions, sorted(hybrid.parts))
    codes[(contributions <= 0).all(axis=1)] = POPULAR_NOW
    codes[(codes == BUCKET_FAVOURITE) & ~_favoured(pairs, customers, hybrid, buckets)] = POPULAR_NOW

    evidence = np.full(len(pairs.ids), -1, np.int32)
    concerns = np.full(len(pairs.ids), -1, np.int32)
    for part, code, column in (
        *((part, BOUGHT_TOGETHER, evidence) for part in COLLABORATIVE),
        (CONTENT, SIMILAR_TO_PURCHASE, evidence),
        (CONCERNS, SKIN_CONCERN_MATCH, concerns),
    ):
        fitted = hybrid.parts[part]
        # The first part that knows a purchase to point at is the most direct one.
        explained = (codes == code) & (column < 0)
        if isinstance(fitted, NeighbourPart) and explained.any():
            column[explained] = fitted.evidence(customers, pairs)[explained]
    restocked = codes == RESTOCK_DUE
    evidence[restocked] = pairs.ids[restocked]
    writer = _Writer(catalogue, buckets)
    bucket = customers.buckets[pairs.row_of_entry()]
    sentences = [
        writer.sentence(*facts)
        for facts in zip(codes, pairs.ids.tolist(), evidence.tolist(), concerns.tolist(), bucket.tolist(), strict=True)
    ]
    return Reasons(codes, np.array(sentences, dtype=object), evidence, concerns)


def _strongest(contributions: Floats, parts: list[str]) -> npt.NDArray[np.object_]:
    """(rows,) the code for which the parts add most; several parts may give the same reason."""
    codes = list(dict.fromkeys(CODE_OF_PART[part] for part in parts))
    added = np.zeros((len(contributions), len(codes)))
    for column, part in enumerate(parts):
        added[:, codes.index(CODE_OF_PART[part])] += contributions[:, column]
    strongest: npt.NDArray[np.object_] = np.array(codes, dtype=object)[added.argmax(axis=1)]
    return strongest


def _favoured(pairs: Ragged, customers: Snapshot, hybrid: Hybrid, buckets: BucketTree) -> npt.NDArray[np.bool_]:
    """Whether the customer's bucket buys the product more than everybody does."""
    fitted = hybrid.parts[BUCKET]
    if not isinstance(fitted, FittedBuckets):
        return np.zeros(len(pairs.ids), np.bool_)
    return np.asarray(fitted.score(customers, pairs) > fitted.scores[buckets.root, pairs.ids])


class _Writer:
    """Writes the sentences, remembering which pairs of products share what."""

    def __init__(self, catalogue: Catalogue, buckets: BucketTree) -> None:
        self._catalogue = catalogue
        self._titles = [
            name if not brand or name.lower().startswith(brand.lower()) else f"{brand} {name}"
            for name, brand in zip(catalogue.names, catalogue.brands, strict=True)
        ]
        concerns = catalogue.terms.get("concern")
        self._concerns = [_readable(term) for term in concerns.names.names] if concerns else []
        self._buckets = [", ".join(_readable(part) for part in name.split("/")) for name in buckets.index.names]
        self._shared: dict[tuple[int, int], str] = {}

    def sentence(self, code: str, product: int, evidence: int, concern: int, bucket: int) -> str:
        if code == RESTOCK_DUE:
            return "You bought this before, and it should be running out about now."
        if code == BOUGHT_TOGETHER and evidence < 0:
            return "Customers who buy what you bought also bought this."
        if code == BOUGHT_TOGETHER:
            return f"Customers who bought {self._titles[evidence]} often go on to buy this."
        if code == SIMILAR_TO_PURCHASE:
            return f"Similar to {self._titles[evidence]}, which you bought{self._common(product, evidence)}."
        if code == SKIN_CONCERN_MATCH:
            return f"Made for {self._concerns[concern]}, one of your skin concerns."
        if code == BUCKET_FAVOURITE:
            return f"A favourite of customers like you ({self._buckets[bucket]})."
        return "Popular with our customers."

    def _common(self, product: int, evidence: int) -> str:
        key = (product, evidence)
        if key not in self._shared:
            self._shared[key] = self._describe_common(product, evidence)
        return self._shared[key]

    def _describe_common(self, product: int, evidence: int) -> str:
        ingredients = self._terms_in_common("ingredient", product, evidence)
        if ingredients:
            return f": both have {_listed(ingredients)}"
        concerns = self._terms_in_common("concern", product, evidence)
        if concerns:
            return f": both care for {_listed(concerns)}"
        brand = self._catalogue.brands[product]
        if brand and brand == self._catalogue.brands[evidence]:
            return f": both are by {brand}"
        return ""

    def _terms_in_common(self, kind: str, product: int, evidence: int) -> list[str]:
        """The shared terms that matter most to the recommended product, by weight."""
        terms = self._catalogue.terms.get(kind)
        if terms is None:
            return []
        weights = terms.weights
        first, last = weights.ptr[product], weights.ptr[product + 1]
        others = set(weights.ids[weights.ptr[evidence] : weights.ptr[evidence + 1]].tolist())
        own = zip(-weights.values[first:last], weights.ids[first:last].tolist(), strict=True)
        shared = [term for _, term in sorted(own) if term in others]
        return [_readable(terms.names.names[term]) for term in shared[:SHARED_NAMED]]


def _readable(identifier: str) -> str:
    return identifier.replace("_", " ")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
