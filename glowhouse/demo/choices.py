"""What a product is worth to a customer on a day, and what ends in the basket.

A random utility model (McFadden 1974): the best candidate after adding Gumbel noise is a draw from the softmax over
the candidates' utilities. All of it is in double precision: another processor may round the last bit differently, and
in single precision that bit would now and then decide who buys what.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.catalogue import Products
from glowhouse.demo.people import People
from glowhouse.demo.pools import Pools
from glowhouse.demo.vocabulary import AVOIDABLE, CATEGORIES

# The tastes of the world, in units of the Gumbel noise.
NEED, SKIN, TASTE, PRICE, QUALITY, APPEAL = 8.0, 1.0, 0.9, 1.1, 0.35, 0.4
APPETITE, SAME_BRAND, COMPANION, AT_HOME, RUNS_OUT, SEASON = 0.6, 0.9, 1.6, 3.0, 4.0, 1.0
_FACE_STEPS = ("cleanser", "toner", "treatment", "eye", "moisturiser", "spf", "mask")
# Concerns explain face care best; lipstick and perfume are bought for other reasons and start level with it.
_NO_CONCERN_WORTH = 1.2


@dataclass(frozen=True, slots=True)
class Visitors:
    """V customers in the shop.

    `who` indexes People, `day` counts from the start of the history, `summer` is 1 in July and -1 in January, `last`
    is the product bought last, `at_home` and `due` (V × categories) what stands on the shelf and when it will be used
    up, `returning_for` the product that made the customer come (-1 wherever there is none).
    """

    who: IntArray
    day: FloatArray
    summer: FloatArray
    last: IntArray
    at_home: IntArray
    due: FloatArray
    returning_for: IntArray


def utility(people: People, products: Products, pools: Pools, visitors: Visitors, candidates: IntArray) -> FloatArray:
    """Utilities (V × candidates) of V visitors; -inf for what is not for sale, avoided, or drawn twice."""
    who, day, last = visitors.who, visitors.day, visitors.last
    category = products.category[candidates]
    worth = NEED * np.einsum("vk,vck->vc", people.needs[who], products.concerns[candidates])
    worth += _needless()[category]
    worth += SKIN * products.skin[candidates, people.skin_type[who][:, None]]
    worth += (
        TASTE * np.einsum("vd,vcd->vc", people.taste[who], products.taste[candidates]) / np.sqrt(people.taste.shape[1])
    )
    worth -= PRICE * (np.log(products.price[candidates]) - people.log_budget[who][:, None]) ** 2
    worth += QUALITY * products.quality[candidates] + APPEAL * products.appeal[candidates]
    worth += APPETITE * people.appetite[who[:, None], category]
    worth += SEASON * visitors.summer[:, None] * _sun_care()[category]

    has_history = (last >= 0)[:, None]
    anchor = np.maximum(last, 0)
    same_brand = products.brand[candidates] == products.brand[anchor][:, None]
    worth += SAME_BRAND * people.loyalty[who][:, None] * (same_brand & has_history)
    companion = (candidates[:, :, None] == pools.complements[anchor][:, None, :]).any(axis=2)
    worth += COMPANION * (companion & has_history)

    rows = np.arange(who.size)[:, None]
    still_full = (visitors.at_home[rows, category] >= 0) & (visitors.due[rows, category] > day[:, None] + 5.0)
    worth -= AT_HOME * still_full
    worth += RUNS_OUT * (candidates == visitors.returning_for[:, None])
    worth[~_possible(people, products, who, candidates, day)] = -np.inf
    finished: FloatArray = worth
    return finished


def _possible(people: People, products: Products, who: IntArray, candidates: IntArray, day: FloatArray) -> BoolArray:
    sold = (products.launched[candidates] <= day[:, None]) & (products.withdrawn[candidates] > day[:, None])
    avoided = (people.avoids[who][:, None, :] & products.families[candidates][:, :, : len(AVOIDABLE)]).any(axis=2)
    order = np.argsort(candidates, axis=1, kind="stable")
    ordered = np.take_along_axis(candidates, order, axis=1)
    again = np.zeros_like(avoided)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    possible: BoolArray = sold & ~avoided & ~again
    return possible


def _needless() -> FloatArray:
    return np.array([0.0 if category.targets else _NO_CONCERN_WORTH for category in CATEGORIES])


def _sun_care() -> BoolArray:
    return np.array([category.step == "spf" for category in CATEGORIES])


def choose_basket(
    products: Products, pools: Pools, candidates: IntArray, worth: FloatArray, wanted: IntArray, size: int
) -> IntArray:
    """Fill V baskets one product at a time (V × size, -1 where less is wanted or nothing is left).

    Each choice makes its companions more, and its own category less, attractive.
    """
    remaining = worth.copy()
    basket = np.full((candidates.shape[0], size), -1, dtype=np.int32)
    category = products.category[candidates]
    rows = np.arange(candidates.shape[0])
    for place in range(size):
        best = np.argmax(remaining, axis=1) if candidates.size else np.zeros(0, dtype=np.intp)
        takes = (wanted > place) & np.isfinite(remaining[rows, best])
        product = candidates[rows, best]
        basket[takes, place] = product[takes]
        companion = (candidates[:, :, None] == pools.complements[product][:, None, :]).any(axis=2)
        remaining += COMPANION * companion - AT_HOME * (category == products.category[product][:, None])
        remaining[rows, best] = -np.inf
    return basket


def expected_fit(people: People, products: Products, who: IntArray, bought: IntArray) -> FloatArray:
    """How well products suit their buyers, about centred and scaled to 1 (V × basket; meaningless where -1)."""
    product = np.maximum(bought, 0)
    need = np.einsum("vk,vbk->vb", people.needs[who], products.concerns[product])
    skin = products.skin[product, people.skin_type[who][:, None]]
    fit: FloatArray = 2.2 * (need - 0.25) + 0.6 * products.quality[product] + 0.7 * skin
    return fit
