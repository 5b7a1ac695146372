"""Customers come, look, choose, run out and come back.

All customers of a chunk take their next visit together, so that one step is a handful of array operations, while each
customer's visits stay strictly sequential: what was bought last shapes what is wanted next.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.catalogue import Products
from glowhouse.demo.choices import Visitors, choose_basket, expected_fit, utility
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.people import People
from glowhouse.demo.pools import Pools, draw_candidates
from glowhouse.demo.vocabulary import CATEGORIES

BASKET = 5
LOOKS = 8
# Share of visits that end with a purchase, and the means of how many products more than one are looked at and bought.
_BUYS_AGAIN, _BUYS_IN_STORE, _BUYS_ONLINE = 0.9, 0.85, 0.56
_MORE_LOOKS, _MORE_PRODUCTS = 1.7, 0.6
# Days of the year 0..365 to how busy the shop is: summer is quiet, the weeks before the holidays are not.
_BUSY = ((0, 0.9), (60, 1.0), (130, 1.05), (210, 0.8), (270, 1.0), (320, 1.35), (355, 1.5), (365, 0.9))


@dataclass(frozen=True, slots=True)
class Visits:
    """V visits of one chunk, in the order of their simulation.

    `day` counts from the start of the history, `viewed` (V × LOOKS) and `bought` (V × BASKET) hold products or -1,
    `fit` (V × BASKET) is how well the product suits the customer, about standard normal.
    """

    customer: IntArray
    day: FloatArray
    in_store: BoolArray
    viewed: IntArray
    bought: IntArray
    fit: FloatArray

    def __len__(self) -> int:
        return int(self.customer.size)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What each customer has at home, by category: the product (-1: none) and the day it will be used up."""

    product: IntArray
    due: FloatArray
    last: IntArray


@dataclass(frozen=True, slots=True)
class Scene:
    """What one chunk of customers acts in; `first_day_of_year` is where in its year the history starts."""

    people: People
    products: Products
    pools: Pools
    first_day_of_year: int

    def day_of_year(self, day: FloatArray) -> FloatArray:
        """0 to 365 for days of the history."""
        return (day + self.first_day_of_year) % 365.0


def simulate(scene: Scene, rng: np.random.Generator) -> Visits:
    """Play the whole history of one chunk of customers."""
    people = scene.people
    count = len(people)
    shelf = Shelf(
        np.full((count, len(CATEGORIES)), -1, dtype=np.int32),
        np.full((count, len(CATEGORIES)), np.inf),
        np.full(count, -1, dtype=np.int32),
    )
    until = np.minimum(people.leaves, HISTORY_DAYS - 0.01)
    now = people.joined.copy()
    returning_for = np.full(count, -1, dtype=np.int32)
    active = np.flatnonzero(people.shops & (now < until)).astype(np.int32)
    # The first step is taken even when nobody is there: it gives the arrays their shapes.
    steps = [_visit(scene, shelf, active, now[active], returning_for[active], rng)]
    while active.size:
        _bring_home(shelf, scene.products, steps[-1], rng)
        now[active], returning_for[active] = _come_back(scene, shelf, active, now[active], rng)
        active = active[now[active] < until[active]]
        steps.append(_visit(scene, shelf, active, now[active], returning_for[active], rng))
    return Visits(**{f.name: np.concatenate([getattr(step, f.name) for step in steps]) for f in fields(Visits)})


def _visit(
    scene: Scene, shelf: Shelf, who: IntArray, day: FloatArray, returning_for: IntArray, rng: np.random.Generator
) -> Visits:
    people, products, pools = scene.people, scene.products, scene.pools
    summer = -np.cos(2.0 * np.pi * (scene.day_of_year(day) - 15.0) / 365.0)
    visitors = Visitors(who, day, summer, shelf.last[who], shelf.product[who], shelf.due[who], returning_for)
    candidates = draw_candidates(pools, people, who, visitors.last, returning_for, rng)
    worth = utility(people, products, pools, visitors, candidates)
    worth += rng.gumbel(size=worth.shape)
    in_store = rng.random(who.size) < people.store_share[who]
    decided = np.where(returning_for >= 0, _BUYS_AGAIN, np.where(in_store, _BUYS_IN_STORE, _BUYS_ONLINE))
    buys = rng.random(who.size) < decided
    wanted = np.where(buys, np.minimum(1 + rng.poisson(_MORE_PRODUCTS, who.size), BASKET), 0)
    bought = choose_basket(products, pools, candidates, worth, wanted, BASKET)
    looks = np.minimum(1 + rng.poisson(_MORE_LOOKS, who.size), LOOKS)
    viewed = _looked_at(candidates, worth, bought, looks)
    fit = expected_fit(people, products, who, bought) + 0.6 * rng.normal(size=bought.shape)
    return Visits(who, day, in_store, viewed, bought, fit)


def _looked_at(candidates: IntArray, worth: FloatArray, bought: IntArray, looks: IntArray) -> IntArray:
    """The most attractive candidates, what was bought among them; -1 pads, and hides what no one would look at."""
    in_basket = (candidates[:, :, None] == bought[:, None, :]).any(axis=2)
    ranked = np.where(in_basket & np.isfinite(worth), worth + 1e3, worth)
    order = np.argsort(-ranked, axis=1, kind="stable")[:, :LOOKS]
    viewed = np.take_along_axis(candidates, order, axis=1)
    keep = np.arange(LOOKS) < np.maximum(looks, (bought >= 0).sum(axis=1))[:, None]
    keep &= np.isfinite(np.take_along_axis(worth, order, axis=1))
    return np.where(keep, viewed, -1).astype(np.int32)


def _bring_home(shelf: Shelf, products: Products, visit: Visits, rng: np.random.Generator) -> None:
    """Put purchases on the shelf. What suits will be missed when it is used up; what does not will not be."""
    for place in range(BASKET):
        has = visit.bought[:, place] >= 0
        who, product = visit.customer[has], visit.bought[has, place]
        category = products.category[product]
        lasts = products.lasts_days[product] * rng.lognormal(0.0, 0.18, who.size)
        suits = visit.fit[has, place] > -0.35
        shelf.product[who, category] = product
        shelf.due[who, category] = np.where(suits, visit.day[has] + lasts, visit.day[has] - 1.0)
        shelf.last[who] = product


def _come_back(
    scene: Scene, shelf: Shelf, who: IntArray, day: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """When each customer visits next, and for which product that is running out (-1: out of curiosity)."""
    busy = np.interp(scene.day_of_year(day), [d for d, _ in _BUSY], [level for _, level in _BUSY])
    curious = day + rng.exponential(1.0, who.size) / (scene.people.rate[who] * busy)
    due = np.where(shelf.due[who] > day[:, None], shelf.due[who], np.inf)
    category = np.argmin(due, axis=1)
    empty = due[np.arange(who.size), category]
    restock = (rng.random(who.size) < scene.people.restocks[who]) & (empty < curious)
    next_day = np.maximum(np.where(restock, empty, curious), day + 0.25)
    return next_day, np.where(restock, shelf.product[who, category], -1).astype(np.int32)
