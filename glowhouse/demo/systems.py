"""Sales and events as the webshop, the tills and the app would export them, still without dirt.

Every column is text (None where the source leaves it empty). Columns whose name begins with an underscore are notes
for the dirt and are never written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from glowhouse.demo.arrays import FloatArray, IntArray
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.journeys import Clock
from glowhouse.demo.vocabulary import COUNTRIES, EURO_RATES
from glowhouse.demo.world import Chunk, World

# The webshop changed its software on this day of the history: other order numbers before and after.
MIGRATION_DAY = 120
_COUPONS = (("WELCOME10", 0.10), ("GLOW15", 0.15), ("SUNNY20", 0.20))
_SYMBOLS = {"EUR": "€", "GBP": "£"}
_USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:129.0) Gecko/20100101 Firefox/129.0",
)
_PLATFORMS = ("web", "ios", "android")


@dataclass(frozen=True, slots=True)
class Sales:
    """The lines bought in one chunk, one array element a line, in the order of time."""

    visit: IntArray
    line: IntArray
    product: IntArray
    quantity: IntArray
    unit_price: FloatArray
    currency: list[str]


def timestamps(world: World, seconds: FloatArray) -> np.ndarray:
    """Seconds since the start of the history as datetime64[s]."""
    start = np.datetime64(world.config.starts_on, "s")
    return start + seconds.astype(np.int64).astype("timedelta64[s]")


def texts(times: np.ndarray) -> list[str]:
    """'YYYY-MM-DD HH:MM:SS' for each element of a datetime64[s] array."""
    return [text.replace("T", " ") for text in np.datetime_as_string(times, unit="s").tolist()]


def draw_sales(world: World, chunk: Chunk, clock: Clock, rng: np.random.Generator) -> Sales:
    """Price every purchase in the customer's currency: list price, a little inflation, a promotion now and then."""
    visits, products = chunk.visits, world.products
    visit, place = np.nonzero(visits.bought >= 0)
    by_time = np.lexsort((place, visit, clock.purchase[visit]))
    visit, place = visit[by_time], place[by_time]
    product = visits.bought[visit, place]
    inflation = 1.0 + 0.04 * (visits.day[visit] / HISTORY_DAYS - 1.0)
    promotion = np.where(rng.random(visit.size) < 0.08, 0.8, 1.0)
    currency = [COUNTRIES[c].currency for c in chunk.people.country[visits.customer[visit]]]
    rate = np.array([EURO_RATES[code] for code in currency])
    return Sales(
        visit=visit,
        line=place + 1,
        product=product,
        quantity=1 + (rng.random(visit.size) < 0.08).astype(np.int32) + (rng.random(visit.size) < 0.02),
        unit_price=np.round(products.price[product] * inflation * promotion / rate, 2),
        currency=currency,
    )


def webshop(
    world: World, chunk: Chunk, sales: Sales, clock: Clock, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """webshop.orders and webshop.order_lines."""
    visits = chunk.visits
    online = ~visits.in_store[sales.visit]
    of_order, order_visit = pd.factorize(sales.visit[online])
    old = visits.day[order_visit] < MIGRATION_DAY
    numbers = [
        f"{chunk.number:03d}{i:07d}" if before else f"W{chunk.number:03d}-{i:06d}" for i, before in enumerate(old)
    ]
    status = rng.choice(["completed", "cancelled", "returned"], size=order_visit.size, p=[0.92, 0.04, 0.04])
    coupon = np.where(rng.random(order_visit.size) < 0.12, rng.integers(len(_COUPONS), size=order_visit.size), -1)
    at = timestamps(world, clock.purchase[order_visit])
    updated = at + (rng.exponential(3.0, at.size) * 86_400).astype(np.int64).astype("timedelta64[s]")
    updated = np.minimum(updated, np.datetime64(world.config.extracted_at, "s") - np.timedelta64(3600, "s"))
    extracted = str(world.config.extracted_at)
    orders = pd.DataFrame({
        "order_id": numbers,
        "customer_id": [chunk.customer_ids[c] for c in visits.customer[order_visit]],
        "ordered_at": texts(at),
        "status": status.astype(object),
        "currency": [COUNTRIES[c].currency for c in chunk.people.country[visits.customer[order_visit]]],
        "coupon_code": [None if c < 0 else _COUPONS[c][0] for c in coupon],
        "updated_at": texts(np.maximum(updated, at)),
        "extracted_at": extracted,
        "_at": at,
    })  # fmt: skip
    share = np.array([_COUPONS[c][1] if c >= 0 else 0.0 for c in coupon])[of_order]
    discount = np.round(sales.unit_price[online] * sales.quantity[online] * share, 2)
    sent_back = (rng.random(of_order.size) < 0.015) & (status[of_order] == "completed")
    lines = pd.DataFrame({
        "order_id": [numbers[i] for i in of_order],
        "line_number": [str(n) for n in sales.line[online]],
        "product_id": [world.product_ids[p] for p in sales.product[online]],
        "quantity": [str(q) for q in sales.quantity[online]],
        "unit_price": [f"{p:.2f}" for p in sales.unit_price[online]],
        "discount": [f"{d:.2f}" if d else None for d in discount],
        "line_status": ["returned" if back else None for back in sent_back],
        "extracted_at": extracted,
    })  # fmt: skip
    return orders, lines


def tills(
    world: World, chunk: Chunk, sales: Sales, clock: Clock, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """pos.sales and pos.loyalty_cards: German column contents in every country."""
    visits, people = chunk.visits, chunk.people
    in_store = visits.in_store[sales.visit]
    visit = sales.visit[in_store]
    has_card = (rng.random(len(people)) < 0.86) & people.known & (people.store_share > 0)
    cards = [f"00{49000 + chunk.number:05d}{i * 7 + 3:06d}" for i in range(len(people))]
    showed_card = (rng.random(len(visits)) < 0.93) & has_card[visits.customer]
    till = rng.integers(1, 4, size=len(visits))
    at = timestamps(world, clock.purchase)
    receipts, stores = _receipts(chunk, pd.unique(visit), till)
    price, quantity = sales.unit_price[in_store], sales.quantity[in_store]
    notation = rng.random(visit.size)
    rebate = np.where(rng.random(visit.size) < 0.07, np.round(price * quantity * 0.1, 2), 0.0)
    extracted = str(world.config.extracted_at)
    when = pd.DatetimeIndex(at[visit])
    codes = [code for code, here in zip(sales.currency, in_store, strict=True) if here]
    table = pd.DataFrame({
        "receipt_no": [receipts[v] for v in visit],
        "line_no": [str(n) for n in sales.line[in_store]],
        "store": [stores[v] for v in visit],
        "sold_on": when.strftime("%d.%m.%Y").astype(object),
        "sold_time": when.strftime("%H:%M").astype(object),
        "article_no": [world.product_ids[p] for p in sales.product[in_store]],
        "qty": [f"{q},00" if n < 0.3 else str(q) for q, n in zip(quantity, notation, strict=True)],
        "amount": [_german_money(p, c, n) for p, c, n in zip(price, codes, notation, strict=True)],
        "rebate": [_german_money(r, c, 0.5) if r else None for r, c in zip(rebate, codes, strict=True)],
        "loyalty_card": [cards[visits.customer[v]] if showed_card[v] else None for v in visit],
        "voided": "N",
        "extracted_at": extracted,
    })  # fmt: skip
    holders = np.flatnonzero(has_card)
    issued = np.maximum(people.signed_up[holders], -2000.0) + rng.exponential(20.0, holders.size)
    issued_on = pd.DatetimeIndex(timestamps(world, np.minimum(issued, HISTORY_DAYS - 1.0) * 86_400))
    loyalty = pd.DataFrame({
        "card_number": [cards[i] for i in holders],
        "customer_id": [chunk.customer_ids[i] for i in holders],
        "issued_on": issued_on.strftime("%d.%m.%Y").astype(object),
        "extracted_at": extracted,
    })  # fmt: skip
    return table, loyalty


def _receipts(chunk: Chunk, visit: IntArray, till: IntArray) -> tuple[dict[int, str], dict[int, str]]:
    """Receipt numbers and store names by visit. A customer mostly goes to the same store."""
    receipts, stores = {}, {}
    for number, v in enumerate(visit.tolist()):
        customer = int(chunk.visits.customer[v])
        choices = COUNTRIES[chunk.people.country[customer]].stores
        stores[v] = choices[(int(chunk.people.region[customer]) + (v % 9 == 0)) % len(choices)]
        receipts[v] = f"{till[v]}-{chunk.number:03d}{number:06d}"
    return receipts, stores


def _german_money(amount: float, currency: str, notation: float) -> str:
    """'€ 12,90', '12,90 EUR' or '12,90 €', as the tills of three makers print it."""
    text = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    if notation < 0.4:
        return f"{_SYMBOLS[currency]} {text}"
    return f"{text} {currency}" if notation < 0.8 else f"{text} {_SYMBOLS[currency]}"


def app(world: World, chunk: Chunk, events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """app.events, ordered by time."""
    size = len(events)
    customer = events["customer"].to_numpy()
    platform = rng.choice(len(_PLATFORMS), size=len(chunk.people), p=[0.55, 0.28, 0.17])
    agent = rng.integers(len(_USER_AGENTS), size=len(chunk.people))
    known = events["logged_in"].to_numpy()
    kind = events["event_type"].to_numpy()
    rank, rating, product = (events[name].to_numpy() for name in ("rank", "rating", "product"))
    text = events["text"].to_numpy()
    at = timestamps(world, events["seconds"].to_numpy())
    return pd.DataFrame({
        "event_id": [f"e{chunk.number:03x}{i:07x}" for i in range(size)],
        "event_type": kind,
        "occurred_at": np.datetime_as_string(at, unit="s").astype(object) + "Z",
        "session_id": [f"s{chunk.number:03x}{number:x}" for number in events["session"].tolist()],
        "customer_id": [chunk.customer_ids[c] if k else None for c, k in zip(customer, known, strict=True)],
        "device_id": [f"d{chunk.number:03x}{c * 11 + 5:05x}" for c in customer.tolist()],
        "platform": np.array(_PLATFORMS, dtype=object)[platform[customer]],
        "user_agent": [_USER_AGENTS[agent[c]] if platform[c] == 0 else None for c in customer],
        "product_id": [world.product_ids[p] if p >= 0 else None for p in product],
        "query": [t if k == "search" else None for t, k in zip(text, kind, strict=True)],
        "rating": [str(r) if r else None for r in rating],
        "review_text": [t if k == "review" else None for t, k in zip(text, kind, strict=True)],
        "rank": [str(r) if r else None for r in rank],
        "extracted_at": str(world.config.extracted_at),
        "_at": at,
    })  # fmt: skip
