"""What customers do with a list.

A place is looked at with a chance that falls with its rank (position-based click model: Craswell et al. 2008, WSDM).
What is looked at is clicked the more likely, the more the product is worth to the customer, by the same utility that
drives the history of the demo shop. From the click on: cart, purchase, and days later stars, which follow how well the
product suits. Who is shown what they avoid may complain. Who buys nothing from the list may still buy something else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.choices import Visitors, expected_fit, utility
from glowhouse.demo.people import People
from glowhouse.demo.pools import draw_candidates
from glowhouse.demo.vocabulary import AVOIDABLE
from glowhouse.demo.world import World
from glowhouse.simulate.lists import SHOWN

#: The chance to look at rank r is r ** -POSITION_BIAS.
POSITION_BIAS = 0.6
#: The utility at which half of those who look click, and the most who click at all.
HALF_CLICK_UTILITY, MOST_CLICK = 5.0, 0.6
CART_AFTER_CLICK, BUY_AFTER_CART, RATE_AFTER_PURCHASE = 0.35, 0.55, 0.3
COMPLAIN = 0.15
#: The share of visits that end with a purchase of something that was not on the list.
BUYS_SOMETHING_ELSE = 0.08


@dataclass(frozen=True, slots=True)
class Draws:
    """All random numbers of V visits: the same visits meet the same luck in either arm."""

    look: FloatArray
    click: FloatArray
    cart: FloatArray
    buy: FloatArray
    rate: FloatArray
    complain: FloatArray
    fit: FloatArray
    rating_delay: FloatArray
    buys_else: FloatArray
    other: IntArray


@dataclass(frozen=True, slots=True)
class Reactions:
    """What was done (V × SHOWN), the stars given, and what else was bought (V; -1: nothing)."""

    clicked: BoolArray
    carted: BoolArray
    bought: BoolArray
    rated: BoolArray
    stars: IntArray
    complained: BoolArray
    other: IntArray


def draw_luck(world: World, people: People, visitors: Visitors, rng: np.random.Generator) -> Draws:
    """Draw all random numbers of the visits, and what each would buy without any list."""
    shape = (visitors.who.size, SHOWN)
    candidates = draw_candidates(world.pools, people, visitors.who, visitors.last, visitors.returning_for, rng)
    worth = utility(people, world.products, world.pools, visitors, candidates)
    best = np.argmax(worth + rng.gumbel(size=worth.shape), axis=1)
    return Draws(
        look=rng.random(shape),
        click=rng.random(shape),
        cart=rng.random(shape),
        buy=rng.random(shape),
        rate=rng.random(shape),
        complain=rng.random(shape),
        fit=rng.normal(size=shape),
        rating_delay=rng.uniform(2.0, 9.0, shape),
        buys_else=rng.random(shape[0]),
        other=np.take_along_axis(candidates, best[:, None], axis=1)[:, 0],
    )


def react(world: World, people: People, visitors: Visitors, product: IntArray, luck: Draws) -> Reactions:
    """What the visitors do with the products (V × SHOWN) that they are shown."""
    worth = utility(people, world.products, world.pools, visitors, product)
    looked = luck.look < np.arange(1, SHOWN + 1) ** -POSITION_BIAS
    chance = MOST_CLICK / (1.0 + np.exp(np.clip(HALF_CLICK_UTILITY - worth, -50.0, 50.0)))
    clicked = looked & (luck.click < chance)
    carted = clicked & (luck.cart < CART_AFTER_CLICK)
    bought = carted & (luck.buy < BUY_AFTER_CART)
    fit = expected_fit(people, world.products, visitors.who, product) + 0.6 * luck.fit
    avoided = world.products.families[product][:, :, : len(AVOIDABLE)] & people.avoids[visitors.who][:, None, :]
    buys_else = ~bought.any(axis=1) & (luck.buys_else < BUYS_SOMETHING_ELSE)
    return Reactions(
        clicked=clicked,
        carted=carted,
        bought=bought,
        rated=bought & (luck.rate < RATE_AFTER_PURCHASE),
        stars=np.clip(np.round(3.7 + 1.2 * fit), 1, 5).astype(np.int32),
        complained=looked & avoided.any(axis=2) & (luck.complain < COMPLAIN),
        other=np.where(buys_else, luck.other, -1).astype(np.int32),
    )
