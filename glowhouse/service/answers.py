"""From what the library knows to what goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from glowhouse.service import schemas
from glowhouse.service.catalogue import CatalogueProduct
from glowhouse.service.exclusions import WORD
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.situation import Situation
from glowhouse.service.tracking import Place, Tracking
from glowhouse.serving import Item
from glowhouse.serving_model import PROFILE
from glowhouse.vocabulary import CONCERN, REGION, SKIN_TYPE, Vocabulary
from models_py import columns as c
from models_py.profile import Exclusion
from models_py.similar import Neighbour

UNKNOWN = "unknown"
FAMILY = "family"
# Where an exclusion is known from, by the warehouse's name for it.
EVIDENCE = {"search": "You searched for “{text}”.", "profile": "Your profile says “{text}”."}
ASKED_FOR = "You asked for it."


# The same products stand in most lists; their answers never change.
@lru_cache(maxsize=20_000)
def product(one: CatalogueProduct) -> schemas.Product:
    """A product."""
    return schemas.Product(
        product_id=one.product.product_id,
        name=one.product.name,
        brand=one.product.brand,
        title=one.product.title,
        category_path=one.category_path,
        price_eur=one.product.price_eur,
        is_in_stock=one.product.is_in_stock,
        average_rating=one.average_rating,
    )


def neighbours(found: Sequence[Neighbour], release: OpenRelease) -> list[schemas.Neighbour]:
    """Products like another."""
    return [
        schemas.Neighbour(product=product(release.catalogue.get(one.product_id)), score=one.score, shared=one.shared)
        for one in found
    ]


def items(
    places: Sequence[tuple[Place, Item]], release: OpenRelease, tracking: Tracking
) -> list[schemas.RecommendedItem]:
    """A list of recommendations; each with its place in signed form."""
    return [
        schemas.RecommendedItem(
            rank=place.rank,
            product=product(release.catalogue.get(place.product_id)),
            reason=item.facts["reason"] or "",
            reason_code=item.facts["reason_code"] or "",
            caution=item.facts.get("caution"),
            tracking=tracking.text(place),
        )
        for place, item in places
    ]


def choices(terms: Iterable[str]) -> list[schemas.Choice]:
    """Ids of the warehouse with a label each, by label."""
    found = [choice(term) for term in terms if term != UNKNOWN]
    return sorted(found, key=lambda one: (one.label, one.term))


def choice(term: str) -> schemas.Choice:
    """An id of the warehouse with a label: `fine_lines` as people write it."""
    words = term.replace("_", " ")
    return schemas.Choice(term=term, label=words[:1].upper() + words[1:])


def vocabulary(words: Vocabulary) -> schemas.Vocabulary:
    """What can be chosen from; of ingredients the families, for single ones are too many."""
    meanings = {kind: sorted({one for ids in words.words[kind].values() for one in ids}) for kind in words.words}
    families = {one.id for found in words.exclusions.values() for one in found if one.kind == FAMILY}
    return schemas.Vocabulary(
        skin_types=choices(meanings[SKIN_TYPE]),
        concerns=choices(meanings[CONCERN]),
        regions=choices(meanings[REGION]),
        excludable=choices([family for family in families if family in words.exclusions]),
    )


def product_details(release: OpenRelease, product_id: str) -> schemas.ProductDetails:
    """One product with what the model knows of it."""
    facts = release.model.product(product_id)
    return schemas.ProductDetails(
        **product(release.catalogue.get(product_id)).model_dump(),
        description=facts.description or None,
        ingredients=[term.replace("_", " ") for term in facts.ingredients],
        ingredient_families=[choice(term) for term in facts.families],
        concerns=[choice(term) for term in facts.concerns],
    )


def exclusions(situation: Situation) -> schemas.Exclusions:
    """What a customer wants left out, by label."""
    told = {
        Exclusion(row[c.EXCLUSION_KIND], row[c.EXCLUSION]): _evidence(row["evidence_source"], row["evidence_text"])
        for row in sorted(situation.release.model.evidence(situation.customer_id), key=_is_declared)
    }
    asked_for = situation.exclusions.since - situation.exclusions.declared
    found = [
        schemas.Exclusion(
            term=word,
            label=choice(exclusion.id).label,
            evidence=told.get(exclusion, ASKED_FOR) if exclusion not in asked_for else ASKED_FOR,
            is_declared=exclusion in situation.exclusions.declared,
        )
        for exclusion in situation.exclusions.all
        if (word := exclusion.id if exclusion.kind == WORD else situation.release.words.get(exclusion))
    ]
    found.sort(key=lambda one: (one.label, one.term))
    return schemas.Exclusions(customer_id=situation.customer_id, exclusions=found)


def _is_declared(row: dict[str, Any]) -> bool:
    return bool(row["evidence_source"] == PROFILE)


def _evidence(source: str, text: str | None) -> str:
    return EVIDENCE[source].format(text=text) if text and source in EVIDENCE else ASKED_FOR
