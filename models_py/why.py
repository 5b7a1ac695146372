"""Why one product is, or is not, recommended to one customer."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models_py.ranking.hybrid import Ranking
from models_py.reasons import Wording, explain
from models_py.recommend import SCORE_COLUMNS
from models_py.serving import Serving


@dataclass(frozen=True)
class Verdict:
    """What model and rules say of one product for one customer.

    Attributes:
        rank: in the list that the customer gets; None if it is not in it.
        model_rank: among all candidates by the model alone, with only this product exempt from what is masked; None if
            no part proposes it.
        candidates: how many the model ranked.
        score: of the model; 0 for no candidate.
        parts: what each group of parts adds to the score, by the names of the score columns.
        reason: what moved the score, in a sentence; empty for no candidate.
        evidence_product_id: the purchase that the reason points at.
        is_in_stock: whether it can be sold.
        is_excluded: whether an exclusion of the customer forbids it.
        is_conflicting: whether it conflicts with what the customer uses now.
        is_bought_and_not_due: whether the customer has it and need not buy it again yet.
        is_disliked: whether the customer gave it the fewest stars.
    """

    rank: int | None
    model_rank: int | None
    candidates: int
    score: float
    parts: Mapping[str, float]
    reason: str
    evidence_product_id: str | None
    is_in_stock: bool
    is_excluded: bool
    is_conflicting: bool
    is_bought_and_not_due: bool
    is_disliked: bool


def why(serving: Serving, customer_id: str, product_id: str, wording: Mapping[str, Wording]) -> Verdict:
    """Rank for the customer, with the product exempt from what would mask it, and look where it stands.

    Args:
        serving: with the customer in it.

    Raises:
        ValueError: the product or the customer is unknown.
    """
    catalogue = serving.data.catalogue
    product = catalogue.index.names.tolist().index(product_id)
    row = serving.data.customers.names.tolist().index(customer_id)
    (asked,) = serving.asked(np.array([row], np.int64))
    not_due = serving.bought_and_not_due(asked.customers)
    disliked = serving.disliked(asked.customers)
    masked = not_due.joined(disliked).joined(asked.forbidden)
    shown = serving.lists(asked, masked)[1].ids[0].tolist()

    exempt = masked.where(masked.ids != product)
    shortlist = serving.hybrid.shortlist(asked.customers, exempt, len(catalogue))
    ranked = shortlist.ids[0].tolist()
    place = ranked.index(product) if product in ranked else None
    parts, reason, evidence, score = {}, "", -1, 0.0
    if place is not None:
        entry = shortlist.entries[:, place : place + 1]
        ranking = Ranking(
            shortlist.ids[:, place : place + 1], shortlist.scores[:, place : place + 1], shortlist.explained(entry)
        )
        names = sorted(serving.hybrid.parts)
        added = ranking.contributions[0, 0]
        parts = {column: float(added[np.isin(names, made_of)].sum()) for column, made_of in SCORE_COLUMNS.items()}
        said = explain(ranking, asked.customers, serving.hybrid, catalogue, serving.data.buckets, wording)
        reason, evidence, score = str(said.sentences[0]), int(said.evidence[0]), float(ranking.scores[0, 0])
    return Verdict(
        rank=shown.index(product) + 1 if product in shown else None,
        model_rank=None if place is None else place + 1,
        candidates=sum(position >= 0 for position in ranked),
        score=score,
        parts=parts,
        reason=reason,
        evidence_product_id=str(catalogue.index.names[evidence]) if evidence >= 0 else None,
        is_in_stock=bool(catalogue.in_stock[product]),
        is_excluded=product in asked.customers.excluded.ids,
        is_conflicting=product in asked.book.conflicts.forbidden.ids,
        is_bought_and_not_due=product in not_due.ids,
        is_disliked=product in disliked.ids,
    )
