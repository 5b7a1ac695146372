"""The true effect: every customer is played in both arms with the same luck, which only a simulator can do."""

from __future__ import annotations

import numpy as np

from glowhouse.demo.arrays import FloatArray, IntArray
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.world import World
from glowhouse.simulate.lists import SHOWN
from glowhouse.simulate.reactions import Reactions
from glowhouse.simulate.visits import Schedule


def true_values(
    world: World, schedule: Schedule, product: IntArray, done: Reactions, outcome_days: int, days: int
) -> dict[str, float]:
    """The metrics if all customers whose window closes in time were in the arm in which this was done.

    Args:
        world: the shop.
        schedule: the visits.
        product: what was shown (V × SHOWN).
        done: what came of it.
        outcome_days: length of the window that opens with a customer's first visit.
        days: length of the experiment.
    """
    first = np.full(int(schedule.who.max(initial=0)) + 1, np.inf)
    np.minimum.at(first, schedule.who, schedule.day)
    closes = first[schedule.who] + outcome_days
    counts = (schedule.day < closes) & (closes <= HISTORY_DAYS + days)
    who, customer = np.unique(schedule.who[counts], return_inverse=True)

    def per_customer(values: FloatArray) -> FloatArray:
        return np.bincount(customer, values[counts], who.size).astype(np.float64)

    price = world.products.price
    other = done.other >= 0
    spent = (done.bought * price[product]).sum(axis=1) + np.where(other, price[np.maximum(done.other, 0)], 0.0)
    clicks = per_customer(done.clicked.sum(axis=1).astype(float))
    return {
        "customers": float(who.size),
        "click_through_rate": float(clicks.sum() / (SHOWN * counts.sum())),
        "add_to_carts": float(per_customer(done.carted.sum(axis=1).astype(float)).mean()),
        "conversion_rate": float((per_customer((done.bought.any(axis=1) | other).astype(float)) > 0).mean()),
        "revenue_per_customer": float(per_customer(spent).mean()),
        "exclusion_complaints": float(per_customer(done.complained.sum(axis=1).astype(float)).mean()),
    }
