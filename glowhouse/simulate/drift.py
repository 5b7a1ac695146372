"""A change of the world that a deployed model was not trained for, so that one can see whether the monitor finds it.

From one week on, two things happen at once:

- **Newcomers.** A campaign brings a quarter more customers, all of one country and young. They are drawn as everybody
  is and kept if they fit, so their skin, needs and tastes belong together. They sign up, look around, and buy; nothing
  is recommended to them before the next release.
- **Another need.** Everybody books a holiday in the sun: most of what they need is sun protection.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TypeVar

import numpy as np
import pandas as pd

from glowhouse.demo import master_data
from glowhouse.demo.arrays import BoolArray
from glowhouse.demo.behaviour import Visits as PastVisits
from glowhouse.demo.choices import Visitors
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.people import People, draw_people
from glowhouse.demo.vocabulary import CATEGORIES, CONCERNS, COUNTRIES
from glowhouse.demo.world import Chunk, World
from glowhouse.simulate import reactions, records, visits
from glowhouse.simulate.lists import SHOWN, Shown
from glowhouse.simulate.reactions import Draws, Reactions

NEWCOMERS = 0.25
NEWCOMERS_COUNTRY, OLDEST_NEWCOMER = "US", 25
#: A newcomer's visit ends with a purchase with this chance: who follows a campaign wants something.
NEWCOMER_BUYS = 0.5
NEW_NEED, SHIFT = "sun_protection", 0.7
#: Apart from the ids of what `records` writes of other visits.
_PREFIX = f"{records.PREFIX}n"
# One in about sixty customers is of that country and age.
_DRAWN_FOR_ONE = 150

Arrays = TypeVar("Arrays", Draws, Reactions)


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Rows of crm.customers, webshop.orders and webshop.order_lines."""

    customers: pd.DataFrame
    orders: pd.DataFrame
    lines: pd.DataFrame


def first_day(week: int) -> int:
    """The day of the simulation history on which week `week` of the experiment begins (weeks count from 1)."""
    return HISTORY_DAYS + 7 * (week - 1)


def with_new_need(people: People) -> People:
    """The same people, most of their needs moved to `NEW_NEED`."""
    target = np.array([concern == NEW_NEED for concern in CONCERNS], dtype=float)
    return replace(people, needs=(1.0 - SHIFT) * people.needs + SHIFT * target)


def from_then_on(is_after: BoolArray, before: Arrays, after: Arrays) -> Arrays:
    """Of each visit what holds at its time: `after` where `is_after` (V), else `before`."""
    chosen = {}
    for field in fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        chosen[field.name] = np.where(is_after[:, None] if old.ndim == 2 else is_after, new, old)
    return type(before)(**chosen)


def newcomers(world: World, count: int, from_day: int, days: int, rng: np.random.Generator) -> Newcomers:
    """Who signs up from `from_day` until day `days` of the experiment, and what they buy until then."""
    people = _young_people(world, count, rng)
    until = HISTORY_DAYS + days
    joined = np.sort(rng.uniform(from_day, until, count))
    people = replace(people, signed_up=joined, joined=joined, leaves=np.full(count, np.inf))
    schedule = visits.draw_schedule(people, np.arange(count), days, rng)
    is_member = schedule.day >= joined[schedule.who]
    schedule = visits.Schedule(schedule.who[is_member], schedule.day[is_member])
    luck = reactions.draw_luck(world, people, _without_history(schedule), rng)
    buys = rng.random(len(schedule)) < NEWCOMER_BUYS

    names = np.array([f"{_PREFIX}{number:05d}" for number in range(count)], dtype=object)
    extracted_at = np.datetime64(world.config.ends_on + timedelta(days=days + 1), "s") + np.timedelta64(6, "h")
    nobody = np.full(len(schedule), None, dtype=object)
    session = records.Session(names[schedule.who], nobody, nobody, "", extracted_at)
    nothing = np.zeros((len(schedule), SHOWN), dtype=bool)
    shown = Shown(nothing.astype(np.int32), nothing.astype(object), nothing.astype(float))
    other = np.where(buys, luck.other, -1).astype(np.int32)
    done = Reactions(nothing, nothing, nothing, nothing, nothing.astype(np.int32), nothing, other)
    orders, lines = records.orders(world, schedule, session, shown, done, _PREFIX)
    return Newcomers(_profiles(world, people, names, joined, extracted_at, rng), orders, lines)


def _young_people(world: World, count: int, rng: np.random.Generator) -> People:
    everybody = draw_people(count * _DRAWN_FOR_ONE, world.society, rng)
    codes = np.array([country.code for country in COUNTRIES])
    fits = (
        (everybody.age <= OLDEST_NEWCOMER)
        & (codes[everybody.country] == NEWCOMERS_COUNTRY)
        & everybody.shops
        & everybody.known
    )
    kept = np.flatnonzero(fits)[:count]
    return People(**{field.name: getattr(everybody, field.name)[kept] for field in fields(People)})


def _without_history(schedule: visits.Schedule) -> Visitors:
    size = len(schedule)
    nothing = np.full(size, -1, dtype=np.int32)
    return Visitors(
        who=schedule.who,
        day=schedule.day,
        summer=np.full(size, -1.0),
        last=nothing,
        at_home=np.full((size, len(CATEGORIES)), -1, dtype=np.int32),
        due=np.full((size, len(CATEGORIES)), np.inf),
        returning_for=nothing,
    )


def _profiles(
    world: World,
    people: People,
    names: np.ndarray,
    joined: np.ndarray,
    extracted_at: np.datetime64,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """crm.customers as the form stores it, with the days on which they signed up."""
    no_one, nothing = np.zeros(0, dtype=np.int32), np.zeros((0, 0), dtype=np.int32)
    never = PastVisits(no_one, np.zeros(0), np.zeros(0, dtype=bool), nothing, nothing, np.zeros((0, 0)))
    frame = master_data.customers(world, Chunk(0, people, names.tolist(), never), rng)
    signed_up = records.texts(world, np.floor(joined * 86_400.0))
    return frame.assign(
        signed_up_at=signed_up,
        updated_at=signed_up,
        # Nobody is one person with somebody of the old customers by the chance of an invented name.
        email=[f"{name}@example.com" for name in names],
        extracted_at=records.text(extracted_at),
    )
