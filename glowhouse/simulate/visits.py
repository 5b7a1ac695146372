"""Who visits the shop during the experiment, when, and with what at home."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo.arrays import FloatArray, IntArray
from glowhouse.demo.behaviour import Visits as PastVisits
from glowhouse.demo.catalogue import Products
from glowhouse.demo.choices import Visitors
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.people import People
from glowhouse.demo.vocabulary import CATEGORIES

#: People look at the app more often than they come to buy.
LOOKS_PER_VISIT = 4.0
#: What ran out within so many days before the visit is what somebody comes for.
RAN_OUT_WITHIN_DAYS = 20.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """V visits ordered by time: who (index into People), and when (days since the start of the history)."""

    who: IntArray
    day: FloatArray

    def __len__(self) -> int:
        return int(self.who.size)


def draw_schedule(people: People, eligible: IntArray, days: int, rng: np.random.Generator) -> Schedule:
    """Draw the visits of the eligible customers: a Poisson process each, in the waking hours, until they leave."""
    expected = people.rate[eligible] * LOOKS_PER_VISIT * days
    who = np.repeat(eligible, rng.poisson(np.where(people.shops[eligible], expected, 0.0)))
    day = HISTORY_DAYS + np.floor(rng.uniform(0.0, days, who.size))
    hour = np.clip(rng.normal(19.0, 3.5, who.size), 6.0, 23.0)
    at = day + np.floor(hour * 3600.0) / 86_400.0
    stays = at < people.leaves[who]
    who, at = who[stays], at[stays]
    order = np.lexsort((who, at))
    return Schedule(who[order].astype(np.int32), at[order])


def visitors(people: People, products: Products, past: PastVisits, schedule: Schedule) -> Visitors:
    """What each visitor has at home, as the history left it; what happens in the experiment does not change it."""
    at_home = np.full((len(people), len(CATEGORIES)), -1, dtype=np.int32)
    due = np.full((len(people), len(CATEGORIES)), np.inf)
    last = np.full(len(people), -1, dtype=np.int32)
    for visit in np.argsort(past.day, kind="stable"):
        bought = past.bought[visit][past.bought[visit] >= 0]
        if bought.size:
            who, category = past.customer[visit], products.category[bought]
            at_home[who, category] = bought
            due[who, category] = past.day[visit] + products.lasts_days[bought]
            last[who] = bought[-1]
    who, day = schedule.who, schedule.day
    ran_out = (due[who] <= day[:, None]) & (due[who] > day[:, None] - RAN_OUT_WITHIN_DAYS)
    category = np.argmax(np.where(ran_out, due[who], -np.inf), axis=1)
    returning_for = np.where(ran_out.any(axis=1), at_home[who, category], -1).astype(np.int32)
    summer = np.full(who.size, -1.0)
    return Visitors(who, day, summer, last[who], at_home[who], due[who], returning_for)
