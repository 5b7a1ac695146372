"""What customers type: search queries and reviews."""

from __future__ import annotations

import numpy as np

from glowhouse.demo.arrays import FloatArray, IntArray
from glowhouse.demo.formulary import HEROES
from glowhouse.demo.people import People
from glowhouse.demo.vocabulary import AVOIDABLE, CATEGORIES, CONCERN_WORDS, CONCERNS, EXCLUSION_PHRASES
from glowhouse.demo.world import World

# How often somebody who avoids something says so when searching.
EXCLUDING = 0.45
_TYPOS = {"cream": "creme", "serum": "serrum", "sunscreen": "sunscren", "micellar": "micelar", "toner": "tonner"}
_GOOD = ("My {concern} is so much better.", "Finally something that works for {concern}!", "Bought it again & again.",
         "Lovely texture, and my skin's calm.", "Exactly what I needed for {concern}.")  # fmt: skip
_FAIR = ("Nice, but it did little for {concern}.", "It's fine. Smells ok.", "Good size, average results.")
_POOR = (
    "Made my {concern} worse.",
    "Broke out after a week :(",
    "Doesn't do anything for {concern}.",
    "Too heavy & sticky.",
)


def _things() -> list[str]:
    """What people call the products of each category."""
    return [category.path.split(" > ")[-1].lower() for category in CATEGORIES]


def queries(
    world: World, people: People, who: IntArray, looked_at: IntArray, rng: np.random.Generator
) -> list[str | None]:
    """One query for each search of `who`, who then looked at the product `looked_at` (-1: at nothing).

    Those who avoid something often say so ("fragrance free serum"); the others name a kind of product, a concern of
    theirs, a brand or an ingredient.
    """
    terms = [words for _, words in AVOIDABLE.values()]
    things = _things()
    draws = rng.random((who.size, 6))
    texts: list[str | None] = []
    for customer, product, draw in zip(who, looked_at, draws, strict=True):
        category = int(world.products.category[product]) if product >= 0 else int(draw[5] * len(CATEGORIES))
        avoided = np.flatnonzero(people.avoids[customer])
        if avoided.size and draw[0] < EXCLUDING:
            term = _one_of(terms[avoided[int(draw[1] * avoided.size)]], draw[3])
            texts.append(_one_of(EXCLUSION_PHRASES, draw[2]).format(term=term, thing=things[category]))
        else:
            text = _plain_query(world, people.needs[customer], category, int(product), draw)
            texts.append(_mistyped(text) if draw[4] < 0.04 else text)
    return texts


def _one_of(options: tuple[str, ...], draw: float) -> str:
    return options[int(draw * len(options))]


def _plain_query(world: World, needs: FloatArray, category: int, product: int, draw: FloatArray) -> str:
    thing, targets = _things()[category], CATEGORIES[category].targets
    concern = max(targets, key=lambda name: needs[CONCERNS.index(name)], default=None)
    if draw[1] < 0.3 or concern is None:
        return thing
    word = _one_of(CONCERN_WORDS[concern], draw[3])
    if draw[1] < 0.7 or product < 0:
        return f"{thing} {word}" if draw[2] < 0.65 else word
    if draw[1] < 0.85:
        return f"{world.products.brand_names[world.products.brand[product]]} {thing}".lower()
    actives = [member for member in world.products.ingredients[product] if member in world.formulary.by_role["active"]]
    if not actives:
        return thing
    name = world.formulary.names[actives[0]]
    return f"{HEROES.get(name, name)} {thing}".lower()


def _mistyped(text: str) -> str:
    for right, wrong in _TYPOS.items():
        text = text.replace(right, wrong)
    return text


def reviews(
    world: World, people: People, who: IntArray, product: IntArray, stars: IntArray, rng: np.random.Generator
) -> list[str | None]:
    """One review text for each rating; it names the concern of its writer that the product is best for."""
    shared = people.needs[who] * world.products.concerns[product]
    concern = np.argmax(shared, axis=1) if who.size else np.zeros(0, dtype=np.intp)
    draws = rng.random((who.size, 2))
    texts: list[str | None] = []
    for star, best, draw in zip(stars, concern, draws, strict=True):
        templates = _GOOD if star >= 4 else _FAIR if star == 3 else _POOR
        word = CONCERN_WORDS[CONCERNS[best]][int(draw[1] * 2)]
        texts.append(templates[int(draw[0] * len(templates))].format(concern=word))
    return texts
