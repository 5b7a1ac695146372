"""Dirt in what the webshop and the tills sold."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from glowhouse.demo.dirt_tools import (
    Dirtied,
    Tables,
    append,
    choice,
    cut,
    everything,
    extraction,
    future_years,
    get,
    insert_after,
    pick,
    present,
    put,
)

_ORDERS, _LINES, _SALES, _CARDS = "webshop.orders", "webshop.order_lines", "pos.sales", "pos.loyalty_cards"


def tester_orders(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Orders placed by testers, with a coupon that begins with TEST; half of them on test accounts."""
    orders, lines = tables[_ORDERS], tables[_LINES]
    rows, count = pick(rng, everything(orders), rate)
    fake = orders.iloc[rows].copy()
    numbers = {old: f"T-{old}" for old in fake["order_id"]}
    fake["order_id"] = list(numbers.values())
    fake["coupon_code"] = choice(rng, ("TEST", "TEST100", "TESTORDER"), rows.size)
    testers = [name for name in tables["crm.customers"]["customer_id"] if str(name).startswith("TEST-")]
    if testers:
        fake.loc[fake.index[::2], "customer_id"] = choice(rng, testers, len(fake.index[::2]))
    fake_lines = lines[lines["order_id"].isin(list(numbers))].copy()
    fake_lines["order_id"] = fake_lines["order_id"].map(numbers)
    append(tables, _ORDERS, fake)
    append(tables, _LINES, fake_lines)
    return count


def orphan_order_customers(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Orders of customers the CRM does not know."""
    frame = tables[_ORDERS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "customer_id", [f"x{number:06x}" for number in rng.integers(16**6, size=rows.size)])
    return count


def orders_from_the_future(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Orders that are later than their own extraction."""
    frame = tables[_ORDERS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "ordered_at", [f"{year}-03-09 11:12:13" for year in future_years(rng, tables, rows.size)])
    return count


def shouted_order_status(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Status in other letters ('COMPLETED', ' Completed')."""
    frame = tables[_ORDERS]
    rows, count = pick(rng, everything(frame), rate)
    words = get(frame, rows, "status")
    put(frame, rows, "status", [word.upper() if i % 2 else f" {word.title()}" for i, word in enumerate(words)])
    return count


def unknown_order_status(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """A status that says nothing about a sale."""
    frame = tables[_ORDERS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "status", choice(rng, ("???", "pending migration"), rows.size))
    return count


def german_order_times(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Times of orders written as dd.mm.yyyy HH:MM:SS."""
    frame = tables[_ORDERS]
    iso = frame["ordered_at"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", na=False).to_numpy(dtype=bool)
    rows, count = pick(rng, iso, rate)
    texts = [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:]}" for t in get(frame, rows, "ordered_at")]
    put(frame, rows, "ordered_at", texts)
    return count


def resent_orders(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Orders sent twice, the second time with a later updated_at; some were returned in between."""
    frame = tables[_ORDERS]
    rows, count = pick(rng, everything(frame), rate)
    again = frame.iloc[rows].copy()
    again["updated_at"] = str(extraction(tables) - timedelta(hours=6))
    again.loc[again.index[::3], "status"] = "returned"
    insert_after(tables, _ORDERS, rows, again, rng.integers(1, 60, rows.size))
    return count


def orphan_line_products(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Lines of products the catalogue does not know."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "product_id", [f"OLD-{number:05d}" for number in rng.integers(10**5, size=rows.size)])
    return count


def orphan_lines(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Lines of orders that are in no extract."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    lost = frame.iloc[rows].copy()
    lost["order_id"] = [f"L{number:08d}" for number in rng.choice(10**8, size=rows.size, replace=False)]
    insert_after(tables, _LINES, rows, lost, rng.integers(1, 60, rows.size))
    return count


def missing_line_prices(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Lines without a price."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "unit_price", None)
    return count


def impossible_line_prices(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Prices paid that are negative or a hundred times too high."""
    frame = tables[_LINES]
    rows, count = pick(rng, present(frame, "unit_price"), rate)
    prices = get(frame, rows, "unit_price")
    put(frame, rows, "unit_price", [f"-{p}" if i % 3 == 0 else p.replace(".", "") for i, p in enumerate(prices)])
    return count


def impossible_discounts(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Discounts that are negative or larger than the line."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "discount", choice(rng, ("-5.00", "9999.00"), rows.size))
    return count


def non_positive_quantities(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Lines with zero or minus one pieces."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "quantity", choice(rng, ("0", "-1"), rows.size))
    return count


def extreme_quantities(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """More pieces than any household buys."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "quantity", choice(rng, ("120", "500", "5000"), rows.size))
    return count


def decimal_commas_in_lines(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Prices with a decimal comma."""
    frame = tables[_LINES]
    rows, count = pick(rng, present(frame, "unit_price"), rate)
    put(frame, rows, "unit_price", [price.replace(".", ",") for price in get(frame, rows, "unit_price")])
    return count


def resent_lines(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Order lines sent twice."""
    frame = tables[_LINES]
    rows, count = pick(rng, everything(frame), rate)
    insert_after(tables, _LINES, rows, frame.iloc[rows].copy(), rng.integers(1, 60, rows.size))
    return count


def cut_lines(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Lines cut off in the middle: too few fields."""
    return cut(tables, _LINES, rate, rng)


def voided_sales(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Till lines the cashier took back before payment; the right article follows under the next number."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    voided = frame.iloc[rows].copy()
    voided["voided"] = "J"
    voided["line_no"] = [str(int(number) + 50) for number in voided["line_no"]]
    insert_after(tables, _SALES, rows, voided, np.zeros(rows.size, dtype=np.int64))
    return count


def training_receipts(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Receipts rung up for training, in the store 'TRAINING'."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    training = frame.iloc[rows].copy()
    training["receipt_no"] = [f"9-{number}" for number in training["receipt_no"]]
    training["store"] = "TRAINING"
    append(tables, _SALES, training)
    return count


def unknown_cards(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Loyalty cards nobody knows."""
    frame = tables[_SALES]
    rows, count = pick(rng, present(frame, "loyalty_card"), rate)
    put(frame, rows, "loyalty_card", [f"0077{number:09d}" for number in rng.integers(10**9, size=rows.size)])
    return count


def orphan_articles(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Articles the catalogue does not know (carrier bags)."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "article_no", choice(rng, ("BAG-S", "BAG-L", "0000000"), rows.size))
    return count


def missing_till_times(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Sales of which only the day is known."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "sold_time", None)
    return count


def impossible_till_dates(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Days that no calendar has, or that have not come yet."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "sold_on", choice(rng, ("31.02.2026", "00.00.0000", "14.06.2131"), rows.size))
    return count


def padded_article_numbers(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Article numbers padded with blanks to the width of an old field."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "article_no", [number.ljust(18) for number in get(frame, rows, "article_no")])
    return count


def resent_sales(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Till lines sent twice."""
    frame = tables[_SALES]
    rows, count = pick(rng, everything(frame), rate)
    insert_after(tables, _SALES, rows, frame.iloc[rows].copy(), rng.integers(1, 60, rows.size))
    return count


def reassigned_cards(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Card numbers that were issued again, to another customer, a year later."""
    frame = tables[_CARDS]
    rows, count = pick(rng, everything(frame), rate)
    again = frame.iloc[rows].copy()
    again["customer_id"] = np.roll(frame["customer_id"].to_numpy(dtype=object), 1)[rows]
    last = extraction(tables) - timedelta(days=1)
    issued = [datetime.strptime(text, "%d.%m.%Y") + timedelta(days=365) for text in again["issued_on"]]
    again["issued_on"] = [min(day, last).strftime("%d.%m.%Y") for day in issued]
    append(tables, _CARDS, again)
    return count


def orphan_cards(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Cards of customers the CRM does not know."""
    frame = tables[_CARDS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "customer_id", [f"x{number:06x}" for number in rng.integers(16**6, size=rows.size)])
    return count
