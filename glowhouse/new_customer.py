"""Answers a customer whom no build has seen, by the path that answers everybody in the build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from glowhouse.description import Description
from glowhouse.product_search import Product, find_product
from glowhouse.serving import Item, Serving, ServingError
from glowhouse.serving_model import AGE_BANDS, CONFLICTS, EXCLUSION_WORDS, PROFILE_WORDS
from glowhouse.vocabulary import Vocabulary
from models_py.columns import CONCERN
from models_py.profile import Profile, rules_of, with_customer
from models_py.recommend import TooFewProductsError, recommend
from models_py.rules.tables import ROUTINE_STEP

# Columns that the released table calls by another name than the model.
RELEASED_NAMES = {CONCERN: "evidence_concern_id", ROUTINE_STEP: "evidence_routine_step"}


def understood(description: Description, serving: Serving) -> Profile:
    """A description in the warehouse's terms.

    Raises:
        GlowhouseError: a word, product or age means nothing here.
    """
    model = serving.model
    vocabulary = Vocabulary.of(model.table(PROFILE_WORDS), model.table(EXCLUSION_WORDS), model.table(AGE_BANDS))
    return in_terms_of(vocabulary, serving.products, description)


def in_terms_of(vocabulary: Vocabulary, products: Mapping[str, Product], description: Description) -> Profile:
    """A description in the terms of a vocabulary and a catalogue.

    Raises:
        GlowhouseError: a word, product or age means nothing to them.
    """
    return Profile(
        skin_type=vocabulary.skin_type(description.skin_type) if description.skin_type else "",
        age_band=vocabulary.age_band(description.age) if description.age is not None else "",
        region=vocabulary.region(description.region) if description.region else "",
        concerns=vocabulary.concerns(description.concerns),
        exclusions=vocabulary.excluded(description.excluded),
        bought=tuple(find_product(product, products).product_id for product in description.bought),
    )


def recommended_to(serving: Serving, profile: Profile, count: int | None) -> list[Item]:
    """What the released model recommends to the customer of a profile, best first.

    Args:
        count: how many products; None for as many as everybody gets.

    Raises:
        ServingError: the release has no model, or too few products are left.
    """
    model = serving.model
    run = model.run
    if count is not None:
        settings = replace(run.config.recommend, count=count)
        run = replace(run, config=replace(run.config, recommend=settings))
    tables = with_customer(model.shop, profile, model.contents, model.as_of)
    rules = rules_of(profile, model.rules, model.table(CONFLICTS))
    try:
        rows: list[dict[str, Any]] = recommend(run, tables, wording=model.wording, rules=rules).to_pylist()
    except TooFewProductsError as error:
        raise ServingError(f"{error}. Leave out less, or ask for fewer products with --count.") from error
    return [serving.item(as_released(row, model.as_of)) for row in rows]


def as_released(row: dict[str, Any], as_of: datetime | None) -> dict[str, Any]:
    """A row of the model with the columns of the released table."""
    return {**{RELEASED_NAMES.get(name, name): value for name, value in row.items()}, "generated_at": as_of}


def in_words(profile: Profile) -> str:
    """What was understood, so that a misunderstanding is seen."""
    facts = {
        "": [
            f"{profile.skin_type} skin" if profile.skin_type else "",
            profile.age_band.replace("_", "-"),
            profile.region,
        ],
        "cares for ": profile.concerns,
        "without ": [exclusion.id for exclusion in profile.exclusions],
        "bought ": profile.bought,
    }
    said = {name: ", ".join(filter(None, values)).replace("_", " ") for name, values in facts.items()}
    return "; ".join(f"{name}{values}" for name, values in said.items() if values)
