"""What app and webshop write down of the visits: events and orders, each labelled as simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.systems import timestamps
from glowhouse.demo.world import World
from glowhouse.simulate.lists import Shown
from glowhouse.simulate.reactions import Draws, Reactions
from glowhouse.simulate.visits import Schedule

#: Ids begin so; together with `is_simulated` nobody can take them for real ones.
PREFIX = "sim-"
_SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Session:
    """What is recorded with each of V visits: customer, arm, and the model run that filled the list (or None)."""

    customer_id: np.ndarray
    arm: np.ndarray
    model_run_id: np.ndarray
    experiment_id: str
    extracted_at: np.datetime64


def events(
    world: World, schedule: Schedule, session: Session, shown: Shown, done: Reactions, luck: Draws
) -> pd.DataFrame:
    """Rows of app.events: impressions, clicks, carts, complaints, and days later ratings, ordered by time."""
    start = np.floor(schedule.day * _SECONDS_A_DAY)
    everything = np.ones(done.clicked.shape, dtype=bool)
    steps = np.arange(done.clicked.shape[1])[None, :] * 25.0
    pieces = [
        _piece("impression", everything, start[:, None] + 1.0, shown),
        _piece("click", done.clicked, start[:, None] + 10.0 + steps, shown),
        _piece("add_to_cart", done.carted, start[:, None] + 18.0 + steps, shown),
        _piece("complaint", done.complained, start[:, None] + 20.0 + steps, shown),
        _piece("rating", done.rated, start[:, None] + np.floor(luck.rating_delay * _SECONDS_A_DAY), shown, done.stars),
    ]
    frame = pd.concat(pieces, ignore_index=True)
    frame = frame.sort_values(["seconds", "visit", "event_type", "place"], kind="stable", ignore_index=True)
    at = timestamps(world, frame["seconds"].to_numpy())
    frame, at = frame[at <= session.extracted_at].reset_index(drop=True), at[at <= session.extracted_at]
    visit, kind = frame["visit"].to_numpy(), frame["event_type"].to_numpy()
    is_impression, is_rating = kind == "impression", kind == "rating"
    return pd.DataFrame({
        "event_id": [f"{PREFIX}e{number:07d}" for number in range(len(frame))],
        "event_type": kind,
        "occurred_at": np.datetime_as_string(at, unit="s").astype(object) + "Z",
        # Somebody who comes back to rate does so in a session of their own.
        "session_id": [f"{PREFIX}s{v:06d}{'r' if later else ''}" for v, later in zip(visit, is_rating, strict=True)],
        "customer_id": session.customer_id[visit],
        "platform": "web",
        "product_id": np.array(world.product_ids, dtype=object)[frame["product"].to_numpy()],
        "rating": [str(stars) if stars else None for stars in frame["rating"]],
        "rank": (frame["place"] + 1).astype(str),
        "model_run_id": session.model_run_id[visit],
        "experiment_id": session.experiment_id,
        "experiment_arm": session.arm[visit],
        "propensity": [f"{p:.4f}" if shows else None
                       for p, shows in zip(frame["propensity"], is_impression, strict=True)],
        "reason_code": frame["reason"].where(is_impression, None),
        "is_simulated": "true",
        "extracted_at": text(session.extracted_at),
    })  # fmt: skip


def orders(
    world: World, schedule: Schedule, session: Session, shown: Shown, done: Reactions, prefix: str = PREFIX
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of webshop.orders and webshop.order_lines: one order a visit in which anything was bought, in euro.

    Ids are `prefix` and the number of the visit.
    """
    from_list_visit, place = np.nonzero(done.bought)
    else_visit = np.flatnonzero(done.other >= 0)
    visit = np.concatenate([from_list_visit, else_visit])
    product = np.concatenate([shown.product[from_list_visit, place], done.other[else_visit]])
    order = np.lexsort((product, visit))
    visit, product = visit[order], product[order]
    ordered, line_of = np.unique(visit, return_inverse=True)
    at = texts(world, np.floor(schedule.day[ordered] * _SECONDS_A_DAY) + 240.0)
    numbers = np.array([f"{prefix}{v:06d}" for v in ordered], dtype=object)
    extracted = text(session.extracted_at)
    heads = pd.DataFrame({
        "order_id": numbers,
        "customer_id": session.customer_id[ordered],
        "ordered_at": at,
        "status": "completed",
        "currency": "EUR",
        "coupon_code": None,
        "updated_at": at,
        "extracted_at": extracted,
    })  # fmt: skip
    lines = pd.DataFrame({
        "order_id": numbers[line_of],
        "line_number": (pd.Series(line_of).groupby(line_of).cumcount() + 1).astype(str),
        "product_id": np.array(world.product_ids, dtype=object)[product],
        "quantity": "1",
        "unit_price": [f"{price:.2f}" for price in world.products.price[product]],
        "discount": None,
        "line_status": None,
        "extracted_at": extracted,
    })  # fmt: skip
    return heads, lines


def _piece(
    event_type: str, mask: BoolArray, seconds: FloatArray, shown: Shown, rating: IntArray | None = None
) -> pd.DataFrame:
    visit, place = np.nonzero(mask)
    return pd.DataFrame({
        "event_type": np.full(visit.size, event_type, dtype=object),
        "visit": visit,
        "place": place,
        "seconds": np.broadcast_to(seconds, mask.shape)[visit, place],
        "product": shown.product[visit, place],
        "reason": shown.reason[visit, place],
        "propensity": shown.propensity[visit, place],
        "rating": np.zeros(visit.size, dtype=np.int32) if rating is None else rating[visit, place],
    })  # fmt: skip


def texts(world: World, seconds: FloatArray) -> list[str]:
    """Seconds since the start of the history as extracts write them."""
    return [text(moment) for moment in timestamps(world, seconds)]


def text(moment: np.datetime64) -> str:
    """A moment as extracts write it."""
    return str(np.datetime_as_string(moment, unit="s")).replace("T", " ")
