"""Customers and products as the CRM and the catalogue would export them, still without dirt.

Columns are text, as in `systems`.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd

from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.people import People
from glowhouse.demo.vocabulary import (
    AVOIDABLE,
    CATEGORIES,
    CONCERN_WORDS,
    CONCERNS,
    COUNTRIES,
    GENDER_SPELLINGS,
    GENDERS,
    SKIN_TYPE_SPELLINGS,
    SKIN_TYPES,
)
from glowhouse.demo.world import Chunk, World

_NAMES = ("anna", "lea", "marie", "sofia", "emma", "chloe", "julia", "zofia", "elsa", "lucia", "grace", "nora", "paul",
          "leon", "hugo", "oliver", "jan", "erik", "mateo", "noah")  # fmt: skip
_SURNAMES = ("weber", "fuchs", "martin", "bernard", "smith", "jones", "garcia", "lopez", "nowak", "kowalska", "gruber",
             "lind", "keller", "braun", "petit", "walker", "ruiz", "berg", "hahn", "moreau")  # fmt: skip
# Everybody's mailbox ends in a domain that is reserved for examples.
_DOMAINS = ("example.com", "example.org", "example.net")


def customers(world: World, chunk: Chunk, rng: np.random.Generator) -> pd.DataFrame:
    """crm.customers. Profiles are incomplete in different ways; some customers have nothing but an id."""
    people = chunk.people
    size = len(people)
    told = rng.random((size, 12))
    start = world.config.starts_on
    signed_up = [_moment(start, day) for day in np.minimum(people.signed_up, HISTORY_DAYS - 0.01)]
    updated = [
        _moment(start, min(day, HISTORY_DAYS - 0.01))
        for day in np.maximum(people.signed_up, -400.0) + rng.exponential(90.0, size)
    ]
    closed = (people.leaves < HISTORY_DAYS) & (told[:, 0] < 0.15)
    frame = pd.DataFrame({
        "customer_id": chunk.customer_ids,
        "birth_date": [
            str(_birthday(world.config.ends_on, int(age), t)) if t[1] < 0.68 else None
            for age, t in zip(people.age, told, strict=True)
        ],
        "age": [str(age) if t < 0.35 else None for age, t in zip(people.age, told[:, 2], strict=True)],
        "gender": [_spelling(GENDER_SPELLINGS[GENDERS[g]], t) if t < 0.9 else None
                   for g, t in zip(people.gender, told[:, 3], strict=True)],
        "country": [_spelling(COUNTRIES[c].spellings, t * t) if t < 0.97 else None
                    for c, t in zip(people.country, told[:, 4], strict=True)],
        "region": [COUNTRIES[c].regions[r] if t < 0.8 else None
                   for c, r, t in zip(people.country, people.region, told[:, 5], strict=True)],
        "skin_type": [_spelling(SKIN_TYPE_SPELLINGS[SKIN_TYPES[s]], t) if t < 0.82 else None
                      for s, t in zip(people.skin_type, told[:, 6], strict=True)],
        "skin_concerns": [_concerns(needs, t) if t[7] < 0.55 else None
                          for needs, t in zip(people.needs, told, strict=True)],
        "avoided_ingredients": _avoidances(people, told[:, 8]),
        "signed_up_at": [moment if t < 0.97 else None for moment, t in zip(signed_up, told[:, 9], strict=True)],
        "marketing_consent": [None if t > 0.9 else "true" if t < 0.6 else "false" for t in told[:, 10]],
        "email": [_email(i, chunk.number) if t < 0.9 else None for i, t in enumerate(told[:, 11])],
        "closed_at": [_moment(start, day) if is_closed else None
                      for day, is_closed in zip(people.leaves, closed, strict=True)],
        "updated_at": updated,
        "extracted_at": str(world.config.extracted_at),
    })  # fmt: skip
    said = [name for name in frame.columns if name not in ("customer_id", "updated_at", "extracted_at")]
    frame.loc[~people.known, said] = None
    return frame


def _moment(start: date, day: float) -> str:
    """A day of the history, with its fraction, as 'YYYY-MM-DD HH:MM:SS'."""
    seconds = round((float(day) % 1.0) * 86_399)
    hours, rest = divmod(seconds, 3600)
    return f"{start + timedelta(days=int(day // 1))} {hours:02d}:{rest // 60:02d}:{rest % 60:02d}"


def _birthday(today: date, age: int, told: np.ndarray) -> date:
    """A day that makes somebody `age` years old on `today`."""
    return today - timedelta(days=int(age * 365.25 + 1 + told[0] * 363))


def _spelling(spellings: tuple[str, ...], draw: float) -> str:
    return spellings[int(draw * len(spellings)) % len(spellings)]


def _concerns(needs: np.ndarray, told: np.ndarray) -> str:
    """The one to three biggest needs in the customer's words, as the form of the year stored them."""
    ranked = np.argsort(-needs, kind="stable")[: 1 + int(told[0] * 3)]
    words = [
        _spelling(CONCERN_WORDS[CONCERNS[k]], (told[1] * 7.0 + place * 0.37) % 1.0) for place, k in enumerate(ranked)
    ]
    if told[2] < 0.5:
        return json.dumps(words, ensure_ascii=False)
    return ("; " if told[2] < 0.75 else "|").join(words)


def _avoidances(people: People, told: np.ndarray) -> list[str | None]:
    """Four in ten of those who avoid something have told the shop so."""
    words = [spellings for _, spellings in AVOIDABLE.values()]
    return [
        ", ".join(_spelling(words[family], draw * 2.5) for family in np.flatnonzero(avoids))
        if avoids.any() and draw < 0.4
        else None
        for avoids, draw in zip(people.avoids, told, strict=True)
    ]


def _email(index: int, chunk: int) -> str:
    name, surname = _NAMES[index % len(_NAMES)], _SURNAMES[index // len(_NAMES) % len(_SURNAMES)]
    return f"{name}.{surname}{chunk * 1000 + index // 400}@{_DOMAINS[index % len(_DOMAINS)]}"


def products(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """catalog.products; `ingredients`, `claims` and `category_path` are lists, everything else text."""
    truth, config = world.products, world.config
    size = len(truth)
    withdrawn = np.isfinite(truth.withdrawn)
    draw = rng.random((size, 5))
    stock = np.where(withdrawn | (draw[:, 0] < 0.04), 0, rng.integers(3, 400, size))
    # Stars collected long before this history began: they know nothing of the purchases in it.
    count = np.floor(np.exp(3.2 + truth.appeal + rng.normal(0.0, 0.8, size))) * (truth.launched < 0)
    stars = np.clip(4.1 + 0.35 * truth.quality + rng.normal(0.0, 0.15, size), 1.0, 5.0)
    launched = [config.starts_on + timedelta(days=min(int(day // 1), HISTORY_DAYS - 1)) for day in truth.launched]
    ingredients = [[world.formulary.names[i] for i in members] for members in truth.ingredients]
    updated = [_moment(config.starts_on, day) for day in rng.uniform(HISTORY_DAYS - 200, HISTORY_DAYS - 1, size)]
    return pd.DataFrame({
        "product_id": world.product_ids,
        "name": truth.names,
        "brand": [truth.brand_names[b] for b in truth.brand],
        "category_path": pd.Series([CATEGORIES[c].path.split(" > ") for c in truth.category], dtype=object),
        "ingredients": pd.Series(ingredients, dtype=object),
        "claims": pd.Series(truth.claims, dtype=object),
        "price": [f"{price:.2f}" for price in truth.price],
        "currency": "EUR",
        "size": [f"{amount:g}" for amount in truth.size],
        "size_unit": truth.size_unit,
        "launched_at": [str(day) if t < 0.95 else None for day, t in zip(launched, draw[:, 1], strict=True)],
        "stock_quantity": [str(s) if t < 0.92 or s == 0 else None for s, t in zip(stock, draw[:, 2], strict=True)],
        "description": [text if t < 0.96 else None for text, t in zip(truth.descriptions, draw[:, 3], strict=True)],
        "average_rating": [f"{s:.2f}" if n else None for s, n in zip(stars, count, strict=True)],
        "rating_count": [str(int(n)) if n else None for n in count],
        "updated_at": updated,
        "extracted_at": str(config.extracted_at),
    })  # fmt: skip
