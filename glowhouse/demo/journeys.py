"""What the app and the webshop noticed of each visit: sessions of events, and later ratings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.behaviour import BASKET, LOOKS, Visits
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.searches import queries, reviews
from glowhouse.demo.world import Chunk, World

SHELF = 6
_SECONDS_A_DAY = 86_400
# Shares of visits: looked something up before going to the store; searched; saw the shelf of bestsellers.
_RESEARCHED, _SEARCHED, _SAW_SHELF = 0.25, 0.42, 0.25
_SAVED, _LIKED, _UNSAVED, _ABANDONED = 0.07, 0.06, 0.2, 0.05
_RATED, _REVIEWED = 0.16, 0.4
# Sessions that log in midway, and those that never do.
_LATE_LOGIN, _NO_LOGIN = 0.3, 0.08


@dataclass(frozen=True, slots=True)
class Clock:
    """When each visit happened, in seconds since the start of the history: its start, and the purchase at its end."""

    start: FloatArray
    purchase: FloatArray


def draw_clock(visits: Visits, rng: np.random.Generator) -> tuple[Clock, FloatArray]:
    """Give each visit a time of day and each look (V × LOOKS) an offset in seconds.

    Stores open from ten to eight; the web is busiest in the evening. The order of a customer's visits is kept, except
    that two visits of one day may swap.
    """
    day = np.floor(visits.day) * _SECONDS_A_DAY
    evening = np.clip(rng.normal(19.0, 3.5, len(visits)), 6.0, 23.0) * 3600
    opening = rng.uniform(10.0, 19.9, len(visits)) * 3600
    looks = np.cumsum(rng.integers(12, 95, (len(visits), LOOKS)), axis=1) + 20.0
    last = np.take_along_axis(looks, np.maximum((visits.viewed >= 0).sum(axis=1) - 1, 0)[:, None], axis=1)[:, 0]
    start = day + np.where(visits.in_store, np.minimum(evening, opening - 1200.0), evening)
    purchase = np.where(visits.in_store, day + opening, start + last + rng.integers(60, 700, len(visits)))
    return Clock(np.floor(start), np.floor(purchase)), looks


@dataclass(frozen=True, slots=True)
class _Piece:
    """Events of one type: the visits they belong to, when, and about which products (-1: none)."""

    event_type: str
    visit: IntArray
    at: FloatArray
    product: IntArray
    rank: IntArray | None = None
    rating: IntArray | None = None
    text: list[str | None] | None = None


def draw_events(world: World, chunk: Chunk, clock: Clock, looks: FloatArray, rng: np.random.Generator) -> pd.DataFrame:
    """All events of a chunk, ordered by time.

    Columns: event_type, visit, customer (both indices into the chunk), product (index or -1), seconds (since the start
    of the history), rank and rating (0: none), text (query or review or None), session (a number), logged_in.
    """
    visits = chunk.visits
    online = ~visits.in_store | (rng.random(len(visits)) < _RESEARCHED)
    seen = (visits.viewed >= 0) & online[:, None]
    login = _logins(visits, looks, seen, rng)
    pieces = [
        *_shelf(world, visits, clock, online & ~visits.in_store, seen, looks, rng),
        *_looks(visits, clock, seen, looks, rng),
        *_ratings(world, chunk, clock, rng),
    ]
    searched = np.flatnonzero(online & (rng.random(len(visits)) < _SEARCHED))
    texts = queries(world, chunk.people, visits.customer[searched], visits.viewed[searched, 0], rng)
    nothing = np.full(searched.size, -1, dtype=np.int32)
    pieces.append(_Piece("search", searched, clock.start[searched] + 9.0, nothing, text=texts))

    events = pd.concat([_frame(piece) for piece in pieces], ignore_index=True)
    visit = events["visit"].to_numpy()
    events["customer"] = visits.customer[visit]
    later = events["event_type"].isin(["rating", "review"]).to_numpy()
    # Somebody who comes back to rate does so in a session of their own, always logged in.
    events["session"] = np.where(later, visit * 100 + 1 + events["seconds"].to_numpy() % 97, visit * 100).astype(
        np.int64
    )
    events["logged_in"] = later | (events["seconds"].to_numpy() >= clock.start[visit] + login[visit])
    events = events[events["seconds"] < HISTORY_DAYS * _SECONDS_A_DAY]
    return events.sort_values(["seconds", "visit", "event_type", "product"], kind="stable", ignore_index=True)


def _frame(piece: _Piece) -> pd.DataFrame:
    size = piece.visit.size
    none = np.zeros(size, dtype=np.int32)
    return pd.DataFrame({
        "event_type": np.full(size, piece.event_type, dtype=object),
        "visit": piece.visit.astype(np.int64),
        "seconds": piece.at.astype(np.int64),
        "product": piece.product,
        "rank": none if piece.rank is None else piece.rank,
        "rating": none if piece.rating is None else piece.rating,
        "text": np.array([None] * size if piece.text is None else piece.text, dtype=object),
    })  # fmt: skip


def _logins(visits: Visits, looks: FloatArray, seen: BoolArray, rng: np.random.Generator) -> FloatArray:
    """Seconds after the session's start at which the visitor is known (infinite: never); before any purchase."""
    first_look = looks[:, 0]
    draw = rng.random(len(visits))
    never = (draw < _NO_LOGIN) & (visits.bought[:, 0] < 0)
    late = (draw >= _NO_LOGIN) & (draw < _NO_LOGIN + _LATE_LOGIN) & seen[:, 0]
    return np.where(never, np.inf, np.where(late, first_look + 5.0, 0.0))


def _shelf(
    world: World,
    visits: Visits,
    clock: Clock,
    eligible: BoolArray,
    seen: BoolArray,
    looks: FloatArray,
    rng: np.random.Generator,
) -> list[_Piece]:
    """The start page's shelf of bestsellers: six impressions, and a click when one of the looks began there.

    The shop had no recommender yet, hence no model run, no experiment and no propensity.
    """
    shown = np.flatnonzero(eligible & (rng.random(len(visits)) < _SAW_SHELF))
    shelf = np.minimum(np.searchsorted(world.pools.popular, rng.random((shown.size, SHELF))), len(world.products) - 1)
    day = visits.day[shown][:, None]
    shelf = np.where((world.products.launched[shelf] <= day) & (world.products.withdrawn[shelf] > day), shelf, -1)
    clicked = seen[shown, 0] & (rng.random(shown.size) < 0.55)
    # People click high ranks more often.
    place = np.minimum(rng.geometric(0.4, shown.size) - 1, SHELF - 1)
    rows = np.flatnonzero(clicked)
    shelf[rows, place[rows]] = visits.viewed[shown[rows], 0]
    visit, rank = np.nonzero(shelf >= 0)
    at = clock.start[shown[visit]] + 1.0
    impressions = _Piece("impression", shown[visit], at, shelf[visit, rank], rank=rank + 1)
    who = shown[rows]
    at = clock.start[who] + looks[who, 0] - 1.0
    clicks = _Piece("click", who, at, visits.viewed[who, 0], rank=place[rows] + 1)
    return [impressions, clicks]


def _looks(visits: Visits, clock: Clock, seen: BoolArray, looks: FloatArray, rng: np.random.Generator) -> list[_Piece]:
    at = clock.start[:, None] + looks

    def piece(event_type: str, mask: BoolArray, delay: float) -> _Piece:
        visit, look = np.nonzero(mask)
        return _Piece(event_type, visit, at[visit, look] + delay, visits.viewed[visit, look])

    chance = rng.random(seen.shape)
    in_basket = seen & (visits.viewed[:, :, None] == visits.bought[:, None, :]).any(axis=2)
    saved = seen & ~in_basket & (chance < _SAVED)
    to_cart = (in_basket & ~visits.in_store[:, None]) | (seen & ~in_basket & (chance > 1.0 - _ABANDONED))
    return [
        piece("view", seen, 0.0),
        piece("save", saved, 8.0),
        piece("unsave", saved & (rng.random(seen.shape) < _UNSAVED), 400.0),
        piece("like", seen & (rng.random(seen.shape) < _LIKED), 6.0),
        piece("add_to_cart", to_cart, 10.0),
    ]


def _ratings(world: World, chunk: Chunk, clock: Clock, rng: np.random.Generator) -> list[_Piece]:
    """Some products are rated days or weeks after the purchase, some of these with a review."""
    visits = chunk.visits
    rated = (visits.bought >= 0) & (rng.random((len(visits), BASKET)) < _RATED)
    visit, place = np.nonzero(rated)
    at = np.floor(clock.purchase[visit] + rng.uniform(4.0, 45.0, visit.size) * _SECONDS_A_DAY)
    product = visits.bought[visit, place]
    stars = np.clip(np.round(3.7 + 1.2 * visits.fit[visit, place]), 1, 5).astype(np.int32)
    written = np.flatnonzero(rng.random(visit.size) < _REVIEWED)
    texts = reviews(world, chunk.people, visits.customer[visit[written]], product[written], stars[written], rng)
    return [
        _Piece("rating", visit, at, product, rating=stars),
        _Piece("review", visit[written], at[written] + 40.0, product[written], rating=stars[written], text=texts),
    ]
