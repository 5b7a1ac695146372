"""Where candidates come from: a customer looks at a few dozen products, never at the whole catalogue.

Drawing candidates instead of scoring customers × products is what lets the generator scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo.arrays import FloatArray, IntArray
from glowhouse.demo.catalogue import Products
from glowhouse.demo.people import People
from glowhouse.demo.vocabulary import CATEGORIES, CONCERNS

STEPS = ("cleanser", "toner", "treatment", "eye", "moisturiser", "spf", "mask", "hair", "makeup", "fragrance", "body",
         "other")  # fmt: skip
# Which routine step calls for which next one.
_NEXT_STEPS = {
    "cleanser": ("toner", "treatment", "moisturiser", "mask"),
    "toner": ("treatment", "moisturiser"),
    "treatment": ("moisturiser", "eye", "spf"),
    "eye": ("moisturiser", "treatment"),
    "moisturiser": ("spf", "eye", "cleanser", "other"),
    "spf": ("moisturiser", "cleanser", "body"),
    "mask": ("toner", "treatment"),
    "hair": ("hair",),
    "makeup": ("makeup", "cleanser"),
    "fragrance": ("body", "makeup"),
    "body": ("body", "other"),
    "other": ("other", "makeup", "body"),
}
_LINKS = 12
_SAMPLE = 160


def category_steps() -> IntArray:
    """The routine step of each category, as an index into STEPS."""
    return np.array([STEPS.index(category.step) for category in CATEGORIES], dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Pools:
    """Samplers over P products, as cumulative distributions, and links from product to product.

    `complements` and `substitutes` are P × links: what is bought next with a product, and what is looked at in its
    place.
    """

    popular: FloatArray
    by_concern: FloatArray
    complements: IntArray
    substitutes: IntArray


def build_pools(products: Products, rng: np.random.Generator) -> Pools:
    """Prepare all samplers and links; memory grows with products × (concerns + sample)."""
    draw = np.exp(0.7 * products.appeal + 0.3 * products.quality)
    by_concern = draw * np.exp(4.0 * products.concerns.T) - draw * 0.98
    complements, substitutes = _links(products, rng)
    return Pools(
        popular=_cumulative(draw[None, :])[0],
        by_concern=_cumulative(by_concern),
        complements=complements,
        substitutes=substitutes,
    )


def _cumulative(weights: FloatArray) -> FloatArray:
    sums = np.cumsum(weights, axis=1)
    return sums / sums[:, -1:]


def _links(products: Products, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Score a random sample of products as companions and as substitutes of each product; keep the best of both.

    A companion belongs to a next routine step, is liked by the same people, and often comes from the same brand; a
    substitute stands on the same shelf and does the same.
    """
    count = len(products)
    step = category_steps()[products.category]
    follows = np.zeros((len(STEPS), len(STEPS)), dtype=bool)
    for name, following in _NEXT_STEPS.items():
        follows[STEPS.index(name), [STEPS.index(other) for other in following]] = True
    complements = np.empty((count, _LINKS), dtype=np.int32)
    substitutes = np.empty((count, _LINKS), dtype=np.int32)
    by_brand = [np.flatnonzero(products.brand == brand) for brand in range(len(products.brand_names))]
    by_category = [np.flatnonzero(products.category == category) for category in range(len(CATEGORIES))]
    for index in range(count):
        sample = rng.integers(count, size=_SAMPLE)
        near = np.concatenate([sample, by_brand[products.brand[index]]])
        liking = 0.35 * (products.taste[near] @ products.taste[index]) + 0.5 * products.appeal[near]
        companion = (
            liking + 6.0 * follows[step[index], step[near]] + 1.5 * (products.brand[near] == products.brand[index])
        )
        complements[index] = _best(near, companion, index)
        shelf = by_category[products.category[index]]
        shelf = shelf if shelf.size <= _SAMPLE else rng.choice(shelf, _SAMPLE, replace=False)
        near = np.concatenate([shelf, sample[: _LINKS + 1]])
        alike = products.concerns[near] @ products.concerns[index] + 0.15 * (
            products.taste[near] @ products.taste[index]
        )
        substitutes[index] = _best(near, alike + 6.0 * (products.category[near] == products.category[index]), index)
    return complements, substitutes


def _best(near: IntArray, score: FloatArray, self_index: int) -> IntArray:
    """The highest scored distinct products other than the product itself, repeated when there are too few."""
    unique, first = np.unique(near, return_index=True)
    score = np.where(unique == self_index, -np.inf, score[first])
    best = unique[np.argsort(-score, kind="stable")][: min(_LINKS, unique.size - 1)]
    return np.resize(best, _LINKS).astype(np.int32)


def draw_candidates(
    pools: Pools, people: People, who: IntArray, last: IntArray, due: IntArray, rng: np.random.Generator
) -> IntArray:
    """The products that each visitor in `who` comes across: V × candidates.

    `last` is the product bought last and `due` the one that runs out (-1: none); the first column is the due product,
    or a popular one.
    """
    visitors = who.size
    product_count = pools.popular.size
    concern = _pick_concern(people.needs[who], rng, 10)
    needed = np.empty((visitors, 10), dtype=np.int32)
    uniform = rng.random((visitors, 10))
    for index in range(len(CONCERNS)):
        chosen = concern == index
        needed[chosen] = np.searchsorted(pools.by_concern[index], uniform[chosen])
    popular = np.searchsorted(pools.popular, rng.random((visitors, 9))).astype(np.int32)
    anything = rng.integers(product_count, size=(visitors, 4), dtype=np.int32)
    anchor = np.where(last >= 0, last, popular[:, 0])
    complements = pools.complements[anchor][:, rng.permutation(_LINKS)[:6]]
    substitutes = pools.substitutes[anchor][:, rng.permutation(_LINKS)[:3]]
    first = np.where(due >= 0, due, popular[:, 0])[:, None]
    drawn = np.concatenate([first, needed, popular[:, 1:], anything, complements, substitutes], axis=1)
    candidates: IntArray = np.minimum(drawn, product_count - 1).astype(np.int32)
    return candidates


def _pick_concern(needs: FloatArray, rng: np.random.Generator, count: int) -> IntArray:
    sums = np.cumsum(needs, axis=1)
    picked: IntArray = (
        (rng.random((needs.shape[0], count))[:, :, None] > sums[:, None, :-1]).sum(axis=2).astype(np.int32)
    )
    return picked
