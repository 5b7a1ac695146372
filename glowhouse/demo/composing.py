"""Ingredient lists: which brand puts what into which kind of product, in INCI order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray
from glowhouse.demo.formulary import RECIPES, Formulary, Part
from glowhouse.demo.vocabulary import CONCERNS


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of brand formulates: its price level and the factors on the chance of each optional role."""

    price: float
    factors: dict[str, float]


_CLEAN = {"paraben": 0.0, "formaldehyde": 0.0, "sulfate_surfactant": 0.2, "silicone": 0.3}
STYLES = (
    Style(0.75, {"paraben": 2.0, "formaldehyde": 1.5, "perfume": 1.2, "allergen": 1.2}),
    Style(1.0, {"perfume": 0.0, "allergen": 0.0, "essential_oil": 0.0, "drying_alcohol": 0.2, "paraben": 0.5}),
    Style(1.15, {**_CLEAN, "essential_oil": 3.0, "perfume": 0.5}),
    Style(0.95, {**_CLEAN, "perfume": 0.6, "allergen": 0.4, "drying_alcohol": 1.4}),
    Style(1.6, {"paraben": 0.6, "perfume": 1.5, "allergen": 1.4, "silicone": 1.6}),
)
_ACTIVE_ROLES = ("active", "hair_active", "uv_mineral", "uv_chemical")
# Half of what an ingredient does is gone this many places down the list.
_HALF_POSITION = 9.0


def compose(
    rng: np.random.Generator, formulary: Formulary, recipe: str, style: Style, concerns: list[str]
) -> list[int]:
    """Draw one product's ingredients (indices into the formulary), highest concentration first."""
    chosen: list[int] = []
    scented = rng.random() < 0.6 * style.factors.get("perfume", 1.0)
    for part in RECIPES[recipe]:
        if part.roles == ("ACTIVES",):
            chosen += _actives(rng, formulary, concerns, chosen)
            continue
        role = part.roles[0]
        if role in ("perfume", "allergen") and part.chance < 1.0:
            # Allergens must be declared because of the perfume: they come together or not at all.
            if scented:
                chosen += _some(rng, formulary, part, chosen)
        elif rng.random() < part.chance * (style.factors.get(role, 1.0) if part.chance < 1.0 else 1.0):
            chosen += _some(rng, formulary, part, chosen)
    return chosen


def _some(rng: np.random.Generator, formulary: Formulary, part: Part, taken: list[int]) -> list[int]:
    pool = [member for role in part.roles for member in formulary.by_role[role] if member not in taken]
    count = min(int(rng.integers(part.least, part.most + 1)), len(pool))
    return [pool[index] for index in rng.choice(len(pool), size=count, replace=False)]


def _actives(rng: np.random.Generator, formulary: Formulary, concerns: list[str], taken: list[int]) -> list[int]:
    """Two or three actives for the first concern, up to two for the second; filters only in sun care."""
    roles = [role for role in _ACTIVE_ROLES if not role.startswith("uv") or "sun_protection" in concerns]
    pool = np.array([member for role in roles for member in formulary.by_role[role] if member not in taken])
    chosen: list[int] = []
    for place, concern in enumerate(concerns):
        strength = formulary.concerns[pool, CONCERNS.index(concern)].astype(float) ** 2
        strength[np.isin(pool, chosen)] = 0.0
        count = min(int(rng.integers(2, 4) if place == 0 else rng.integers(1, 3)), int(np.count_nonzero(strength)))
        if count:
            chosen += [int(pool[index]) for index in rng.choice(pool.size, count, False, strength / strength.sum())]
    return chosen


def effects(formulary: Formulary, ingredients: list[list[int]]) -> tuple[FloatArray, FloatArray, BoolArray]:
    """What the ingredient lists of P products do.

    Returns the concerns they help with (P × concerns, 0..1), how skin types tolerate them (P × skin types, -1..1) and
    the ingredient families they contain (P × families).
    """
    concerns = np.zeros((len(ingredients), formulary.concerns.shape[1]))
    skin = np.zeros((len(ingredients), formulary.skin.shape[1]))
    families = np.zeros((len(ingredients), len(formulary.family_names)), dtype=bool)
    for index, members in enumerate(ingredients):
        weight = 0.5 ** (np.arange(len(members)) / _HALF_POSITION)
        concerns[index] = weight @ formulary.concerns[members]
        skin[index] = weight @ formulary.skin[members]
        families[index] = formulary.families[members].any(axis=0)
    return 1.0 - np.exp(-concerns), np.tanh(skin), families
