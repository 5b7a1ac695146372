"""Why a product is recommended: a code, a sentence, and the purchase or concern that is the evidence.

The reason is what adds most to the score, so it is what really moved the recommendation. Parts that speak of the same
thing, as all collaborative ones do, count together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models_py.arrays.ragged import Floats, Ints, Ragged
from models_py.arrays.scoring import from_lists
from models_py.data.dataset import BucketTree, Catalogue, Snapshot
from models_py.data.shared_terms import SharedTerms
from models_py.parts.bucket_average import FittedBuckets
from models_py.parts.names import BUCKET, COLLABORATIVE, CONCERNS, CONTENT, INTEREST, REPURCHASE
from models_py.parts.part import NeighbourPart
from models_py.ranking.hybrid import Hybrid, Ranking
from models_py.rules.apply import BOOST, EXPLORATION, PIN, ROUTINE

RESTOCK_DUE: Final = "restock_due"
BOUGHT_TOGETHER: Final = "bought_together"
SIMILAR_TO_PURCHASE: Final = "similar_to_purchase"
SKIN_CONCERN_MATCH: Final = "skin_concern_match"
BUCKET_FAVOURITE: Final = "bucket_favourite"
SHOWN_INTEREST: Final = "shown_interest"
POPULAR_NOW: Final = "popular_now"
COMPLETES_ROUTINE: Final = "completes_routine"
FEATURED: Final = "featured"
NEW_ARRIVAL: Final = "new_arrival"

CODE_OF_PART: Final = {
    REPURCHASE: RESTOCK_DUE,
    **dict.fromkeys(COLLABORATIVE, BOUGHT_TOGETHER),
    INTEREST: SHOWN_INTEREST,
    CONTENT: SIMILAR_TO_PURCHASE,
    CONCERNS: SKIN_CONCERN_MATCH,
    BUCKET: BUCKET_FAVOURITE,
}
# Where a rule is why a row stands where it does, the rule is the reason; the others leave the model's reason standing.
CODE_OF_RULE: Final = {ROUTINE: COMPLETES_ROUTINE, BOOST: FEATURED, PIN: FEATURED, EXPLORATION: NEW_ARRIVAL}
SHARED_NAMED = 3
# A sentence promises care for a concern only where the product is clearly made for it: by its weight (0..1), and by its
# share of the weight of what the product is most for. A glycerin-rich acne gel is not for dryness.
CLEARLY_MADE_FOR = 0.5
SHARE_OF_STRONGEST = 0.9


@dataclass(frozen=True)
class Wording:
    """How one reason is said.

    Attributes:
        reason: template of the sentence; may name {evidence_product}, {shared}, {concern}, {bucket} and
            {routine_step}.
        need: template of what is added where the product also meets one of the customer's needs: {concern}.
    """

    reason: str
    need: str = ""


DEFAULT_WORDING: Final[Mapping[str, Wording]] = {
    RESTOCK_DUE: Wording("You bought this before, and it should be running out about now."),
    BOUGHT_TOGETHER: Wording(
        "Customers who bought {evidence_product} often go on to buy this.", "Cares for {concern}."
    ),
    SIMILAR_TO_PURCHASE: Wording("Similar to {evidence_product}, which you bought{shared}.", "Cares for {concern}."),
    SKIN_CONCERN_MATCH: Wording("Made for {concern}, one of your skin concerns."),
    BUCKET_FAVOURITE: Wording("A favourite of customers like you ({bucket}).", "Cares for {concern}."),
    SHOWN_INTEREST: Wording("You looked at this and have not bought it yet.", "Cares for {concern}."),
    POPULAR_NOW: Wording("Popular with our customers.", "Cares for {concern}."),
    COMPLETES_ROUTINE: Wording(
        "You have no {routine_step} in use: this completes your routine.", "Cares for {concern}."
    ),
    FEATURED: Wording("Picked by our team.", "Cares for {concern}."),
    NEW_ARRIVAL: Wording("Something new to try: few customers know it yet.", "Cares for {concern}."),
}


@dataclass(frozen=True)
class Reasons:
    """One entry a recommended row, in the order of the rows.

    Attributes:
        codes: see `ref_reason_codes`.
        sentences: for the customer to read.
        evidence: position of the bought product that contributed most; -1 where the reason is no purchase.
        concerns: position of the customer's concern that the product meets best; -1 where it meets none.
    """

    codes: npt.NDArray[np.object_]
    sentences: npt.NDArray[np.object_]
    evidence: Ints
    concerns: Ints


def explain(
    ranking: Ranking,
    customers: Snapshot,
    hybrid: Hybrid,
    catalogue: Catalogue,
    buckets: BucketTree,
    wording: Mapping[str, Wording] = DEFAULT_WORDING,
    moved_by: npt.NDArray[np.object_] | None = None,
    routine_steps: npt.NDArray[np.object_] | None = None,
) -> Reasons:
    """Explain every filled slot of a ranking, row by row.

    Args:
        moved_by: one entry a filled slot, the rule that put it there or "". None: no rules.
        routine_steps: one entry a filled slot, the product's step in words.
    """
    pairs = from_lists(ranking.ids, ranking.scores)
    contributions = ranking.contributions[ranking.ids >= 0]
    codes = _strongest(contributions, sorted(hybrid.parts))
    codes[(contributions <= 0).all(axis=1)] = POPULAR_NOW
    codes[(codes == BUCKET_FAVOURITE) & ~_favoured(pairs, customers, hybrid, buckets)] = POPULAR_NOW
    if moved_by is not None:
        codes = np.array([CODE_OF_RULE.get(*pair) for pair in zip(moved_by, codes, strict=True)], dtype=object)

    evidence = np.full(len(pairs.ids), -1, np.int32)
    for part, code in (*((part, BOUGHT_TOGETHER) for part in COLLABORATIVE), (CONTENT, SIMILAR_TO_PURCHASE)):
        # The first part that knows a purchase to point at is the most direct one.
        explained = (codes == code) & (evidence < 0)
        if explained.any():
            evidence[explained] = _evidence(hybrid, part, customers, pairs)[explained]
    # Trees may hear a part that has nothing to point at.
    codes[np.isin(codes, [BOUGHT_TOGETHER, SIMILAR_TO_PURCHASE]) & (evidence < 0)] = POPULAR_NOW
    restocked = codes == RESTOCK_DUE
    evidence[restocked] = pairs.ids[restocked]
    concerns = _evidence(hybrid, CONCERNS, customers, pairs)
    concerns[(codes != SKIN_CONCERN_MATCH) & ~_clearly_made_for(catalogue, pairs.ids, concerns)] = -1
    writer = _Writer(catalogue, buckets, wording)
    bucket = customers.buckets[pairs.row_of_entry()]
    steps = routine_steps if routine_steps is not None else [""] * len(codes)
    sentences = [
        writer.sentence(*facts)
        for facts in zip(
            codes, pairs.ids.tolist(), evidence.tolist(), concerns.tolist(), bucket.tolist(), steps, strict=True
        )
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


def _evidence(hybrid: Hybrid, part: str, customers: Snapshot, pairs: Ragged) -> Ints:
    """What contributed most to the part's score of each pair; -1 for nothing."""
    fitted = hybrid.parts.get(part)
    if not isinstance(fitted, NeighbourPart):
        return np.full(len(pairs.ids), -1, np.int32)
    return fitted.evidence(customers, pairs).astype(np.int32)


def _clearly_made_for(catalogue: Catalogue, products: Ints, concerns: Ints) -> npt.NDArray[np.bool_]:
    terms = catalogue.terms.get("concern")
    if terms is None:
        return np.zeros(len(products), np.bool_)
    weights = terms.weights
    strongest = np.zeros(len(weights), np.float64)
    np.maximum.at(strongest, weights.row_of_entry(), weights.values)
    enough = np.maximum(CLEARLY_MADE_FOR, SHARE_OF_STRONGEST * strongest[weights.row_of_entry()])
    clear = weights.where(weights.values >= enough).pairs()
    return np.asarray(np.isin(products.astype(np.int64) << 32 | concerns, clear) & (concerns >= 0))


def _favoured(pairs: Ragged, customers: Snapshot, hybrid: Hybrid, buckets: BucketTree) -> npt.NDArray[np.bool_]:
    """Whether the customer's bucket buys the product more than everybody does."""
    fitted = hybrid.parts.get(BUCKET)
    if not isinstance(fitted, FittedBuckets):
        return np.zeros(len(pairs.ids), np.bool_)
    return np.asarray(fitted.score(customers, pairs) > fitted.scores[buckets.root, pairs.ids])


class _Writer:
    """Writes the sentences, remembering which pairs of products share what."""

    def __init__(self, catalogue: Catalogue, buckets: BucketTree, wording: Mapping[str, Wording]) -> None:
        self._catalogue = catalogue
        self._wording = wording
        self._titles = titles(catalogue)
        concerns = catalogue.terms.get("concern")
        self._concerns = [_readable(term) for term in concerns.names.names] if concerns else []
        self._buckets = [_described(name) for name in buckets.index.names]
        self._shared: dict[tuple[int, int], str] = {}
        self._shared_terms = SharedTerms(catalogue)

    def sentence(self, code: str, product: int, evidence: int, concern: int, bucket: int, routine_step: str) -> str:
        wording = self._wording[code]
        template = f"{wording.reason} {wording.need}" if wording.need and concern >= 0 else wording.reason
        return template.format(
            evidence_product=self._titles[evidence] if evidence >= 0 else "what you bought",
            shared=self._common(product, evidence) if code == SIMILAR_TO_PURCHASE else "",
            concern=self._concerns[concern] if concern >= 0 else "",
            bucket=self._buckets[bucket],
            routine_step=routine_step,
        )

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
        return [_readable(term) for term in self._shared_terms.of(kind, product, evidence)[:SHARED_NAMED]]


def titles(catalogue: Catalogue) -> list[str]:
    """Each product's name, with its brand in front unless it already begins with it."""
    return [
        name if not brand or name.lower().startswith(brand.lower()) else f"{brand} {name}"
        for name, brand in zip(catalogue.names, catalogue.brands, strict=True)
    ]


def _readable(identifier: str) -> str:
    return identifier.replace("_", " ")


def _described(bucket: str) -> str:
    """A bucket in words: 'dry/25_34/west_europe' is dry skin, 25-34, west europe."""
    skin_type, *others = bucket.split("/")
    bands = (re.sub(r"(?<=\d)_(?=\d)", "-", part) for part in others)
    return ", ".join([f"{_readable(skin_type)} skin", *(_readable(part) for part in bands)])


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
