"""The true products of the demo shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.composing import STYLES, compose, effects
from glowhouse.demo.config import HISTORY_DAYS, DemoConfig
from glowhouse.demo.formulary import HEROES, Formulary
from glowhouse.demo.naming import brand_names, claims, description, product_name
from glowhouse.demo.vocabulary import CATEGORIES, CONCERNS, SKIN_TYPES

# Latent taste: what customers like for no reason that a label shows. Only other customers' behaviour reveals it.
TASTE_DIMENSIONS = 6
_MILLILITRES = {"ml": 1.0, "g": 1.0, "fl oz": 29.57, "l": 1000.0, "pcs": 25.0}
_FREE_OF = ("fragrance", "parabens", "sulfates", "silicones", "mineral_oil")


@dataclass(frozen=True, slots=True)
class Products:
    """P products. Times are days since the start of the history; `withdrawn` is infinite while a product is sold.

    `concerns` (P × concerns), `skin` (P × skin types), `families` (P × families) and `taste` (P × taste dimensions)
    are what customers respond to; `appeal` is the log of the product's baseline popularity.
    """

    names: list[str]
    brand: IntArray
    brand_names: list[str]
    category: IntArray
    ingredients: list[list[int]]
    concerns: FloatArray
    skin: FloatArray
    families: BoolArray
    taste: FloatArray
    quality: FloatArray
    appeal: FloatArray
    price: FloatArray
    size: FloatArray
    size_unit: list[str]
    lasts_days: FloatArray
    launched: FloatArray
    withdrawn: FloatArray
    descriptions: list[str]
    claims: list[list[str]]

    def __len__(self) -> int:
        return len(self.names)


def draw_products(config: DemoConfig, formulary: Formulary, rng: np.random.Generator) -> Products:
    """Invent brands and their products; every category has at least one."""
    count = config.products
    brand_count = max(12, count // 16)
    brand_label = brand_names(brand_count)
    brand_style = rng.integers(len(STYLES), size=brand_count)
    brand_taste = rng.normal(0.0, 1.0, (brand_count, TASTE_DIMENSIONS))
    brand_weight = rng.dirichlet(np.full(brand_count, 2.0))

    share = np.array([category.share for category in CATEGORIES])
    extra = rng.choice(len(CATEGORIES), size=count - len(CATEGORIES), p=share / share.sum())
    category = rng.permutation(np.concatenate([np.arange(len(CATEGORIES)), extra]))
    brand = rng.choice(brand_count, size=count, p=brand_weight)

    ingredients: list[list[int]] = []
    names: list[str] = []
    texts: list[str] = []
    targets: list[list[str]] = []
    heroes: list[str | None] = []
    for index in range(count):
        kind = CATEGORIES[category[index]]
        wanted = min(len(kind.targets), int(rng.integers(1, 3)))
        concerns = [kind.targets[i] for i in rng.choice(len(kind.targets), wanted, False)] if wanted else []
        members = compose(rng, formulary, kind.recipe, STYLES[brand_style[brand[index]]], concerns)
        hero = next((_hero(formulary, member) for member in members if _hero(formulary, member)), None)
        noun = kind.nouns[int(rng.integers(len(kind.nouns)))]
        ingredients.append(members)
        targets.append(concerns)
        heroes.append(hero)
        names.append(product_name(rng, brand_label[brand[index]], concerns[0] if concerns else "", noun, hero))
        texts.append(description(rng, noun, concerns, hero, kind.path.startswith("Skincare")))

    helps, tolerated, families = effects(formulary, ingredients)
    # The same ingredients can be put together well or badly.
    helps *= rng.uniform(0.8, 1.0, size=helps.shape)
    size, unit, lasts = _sizes(rng, category)
    launched, withdrawn = _lifetimes(rng, count)
    base_price = np.array([kind.price for kind in CATEGORIES])[category]
    style_price = np.array([style.price for style in STYLES])[brand_style[brand]]
    relative_size = lasts / np.array([kind.days for kind in CATEGORIES])[category]
    price = base_price * style_price * relative_size**0.5 * rng.lognormal(0.0, 0.18, count)
    return Products(
        names=names,
        brand=brand.astype(np.int32),
        brand_names=brand_label,
        category=category.astype(np.int32),
        ingredients=ingredients,
        concerns=helps,
        skin=tolerated,
        families=families,
        taste=(0.75 * brand_taste[brand] + 0.65 * rng.normal(size=(count, TASTE_DIMENSIONS))),
        quality=rng.normal(0.0, 1.0, count),
        appeal=rng.normal(0.0, 0.8, count),
        # Shops price at .x9 or .x5; the last digit is part of the look, nothing depends on it.
        price=(np.maximum(np.round(price * 2) / 2, 2.0) - np.where(rng.random(count) < 0.7, 0.01, 0.05)).astype(
            np.float64
        ),
        size=size,
        size_unit=unit,
        lasts_days=lasts,
        launched=launched,
        withdrawn=withdrawn,
        descriptions=texts,
        claims=[_claims(rng, formulary, families[i], targets[i], tolerated[i]) for i in range(count)],
    )


def _hero(formulary: Formulary, member: int) -> str | None:
    name = formulary.names[member]
    active = formulary.by_role["active"] + formulary.by_role["hair_active"]
    return HEROES.get(name, name) if member in active else None


def _claims(
    rng: np.random.Generator, formulary: Formulary, contains: BoolArray, concerns: list[str], tolerated: FloatArray
) -> list[str]:
    names = formulary.family_names
    free_of = [family for family in _FREE_OF if not contains[names.index(family)]]
    suits = [skin for skin, value in zip(SKIN_TYPES, tolerated, strict=True) if value > 0.35]
    return claims(
        rng, free_of, [c for c in concerns if c in CONCERNS], suits, not contains[names.index("animal_derived")]
    )


def _sizes(rng: np.random.Generator, category: NDArray[np.int64]) -> tuple[FloatArray, list[str], FloatArray]:
    """Draw each product's size; a bigger one lasts longer, if a little less than in proportion."""
    picked = [CATEGORIES[c].sizes[int(rng.integers(len(CATEGORIES[c].sizes)))] for c in category]
    lasts = []
    for c, (amount, unit) in zip(category, picked, strict=True):
        first_amount, first_unit = CATEGORIES[c].sizes[0]
        ratio = amount * _MILLILITRES[unit] / (first_amount * _MILLILITRES[first_unit])
        lasts.append(CATEGORIES[c].days * ratio**0.8)
    return (
        np.array([amount for amount, _ in picked]),
        [unit for _, unit in picked],
        np.array(lasts),
    )


def _lifetimes(rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
    """Most products are old; some arrive during the history, 2 % so late that nobody has bought them; 5 % leave."""
    launched = -rng.uniform(30.0, 4000.0, count)
    fate = rng.permutation(count) / count
    arriving, late, leaving = fate < 0.16, (fate >= 0.16) & (fate < 0.18), fate >= 0.95
    launched[arriving] = rng.uniform(20.0, HISTORY_DAYS - 40.0, arriving.sum())
    launched[late] = HISTORY_DAYS
    withdrawn = np.full(count, np.inf)
    withdrawn[leaving] = rng.uniform(250.0, HISTORY_DAYS - 30.0, leaving.sum())
    return launched, withdrawn
