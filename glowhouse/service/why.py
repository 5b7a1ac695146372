"""Why a product is, or is not, recommended to a customer: said to the customer."""

from __future__ import annotations

from collections.abc import Iterator

from glowhouse.service import answers, schemas
from glowhouse.service.lists import Listing
from glowhouse.service.situation import Situation
from models_py import columns as c
from models_py.rules import tables as t
from models_py.rules.conflicts import AVOID
from models_py.why import Verdict
from models_py.why import why as verdict_of


def explained(situation: Situation, listing: Listing, product_id: str) -> schemas.Why:
    """What speaks for and against a product.

    Args:
        situation: of the customer.
        listing: what the customer is recommended now.
        product_id: of a product in the catalogue.
    """
    release, live = situation.release, situation.live
    customer_id = live.tables.users[c.CUSTOMER][0].as_py()
    verdict = verdict_of(live.opened(release), customer_id, product_id, release.model.wording)
    item = next((item for item in listing.items if item.product.product_id == product_id), None)
    evidence = item.facts.get("evidence_product_id") if item else verdict.evidence_product_id
    return schemas.Why(
        customer_id=situation.customer_id,
        product=answers.product(release.catalogue.get(product_id)),
        is_recommended=item is not None,
        rank=item.facts["rank"] if item else None,
        reason=(item.facts["reason"] if item else verdict.reason) or None,
        evidence=answers.product(release.catalogue.get(evidence)) if evidence else None,
        caution=item.facts.get("caution") if item else None,
        obstacles=[] if item else list(_obstacles(situation, verdict, product_id)),
    )


def _obstacles(situation: Situation, verdict: Verdict, product_id: str) -> Iterator[str]:
    kept_away = [
        *_out_of_stock(verdict),
        *_disliked(situation, verdict, product_id),
        *_excluded(situation, product_id),
        *_conflicting(situation, verdict, product_id),
        *_not_due(verdict),
    ]
    yield from kept_away
    if not kept_away:
        if verdict.model_rank is None:
            yield "Nothing that we know of you speaks for it."
        else:
            yield f"Other products suit you better: it is number {verdict.model_rank} of {verdict.candidates}."


def _out_of_stock(verdict: Verdict) -> Iterator[str]:
    if not verdict.is_in_stock:
        yield "It is out of stock."


def _disliked(situation: Situation, verdict: Verdict, product_id: str) -> Iterator[str]:
    if verdict.is_disliked or product_id in situation.said.disliked:
        yield "You gave it one star."


def _excluded(situation: Situation, product_id: str) -> Iterator[str]:
    contents = situation.release.model.contents
    is_unlisted = product_id in contents.unlisted[c.PRODUCT].to_pylist()
    for exclusion in sorted(situation.exclusions.all, key=lambda one: (one.kind, one.id)):
        name = answers.choice(exclusion.id).label.lower()
        if product_id in situation.release.products_of(exclusion):
            yield f"It contains {name}, which you want left out."
        elif is_unlisted:
            yield f"You want {name} left out, and we do not know what it contains."


def _conflicting(situation: Situation, verdict: Verdict, product_id: str) -> Iterator[str]:
    if not verdict.is_conflicting:
        return
    rules, catalogue = situation.live.rules, situation.release.catalogue
    sides = {
        (row[t.CONFLICT], row[t.SIDE]) for row in rules.conflict_products.to_pylist() if row[c.PRODUCT] == product_id
    }
    found = {
        f"It does not go well with {catalogue.get(row[t.EVIDENCE_PRODUCT]).product.title}, which you use. "
        f"{row[t.CONFLICT_REASON]}"
        for row in rules.user_conflicts.to_pylist()
        if row[t.SEVERITY] == AVOID and (row[t.CONFLICT], row[t.CONFLICTING_SIDE]) in sides
    }
    yield from sorted(found)


def _not_due(verdict: Verdict) -> Iterator[str]:
    if verdict.is_bought_and_not_due:
        yield "You have bought it, and it should not be used up yet."
