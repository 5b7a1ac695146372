"""Dirt in what the app saw."""

from __future__ import annotations

import html

import numpy as np
import pandas as pd

from glowhouse.demo.dirt_tools import (
    Dirtied,
    Tables,
    choice,
    cut,
    everything,
    future_years,
    get,
    insert_after,
    pick,
    present,
    put,
)

_EVENTS = "app.events"
_BOT_AGENTS = (
    "Mozilla/5.0 (compatible; Shelfcrawler/2.1; +https://shelfcrawler.example/bot)",
    "price-spider/0.9",
    # Not every bot introduces itself.
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36",
)


def bots(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Sessions of machines: 420 to 700 views within an hour, most of them with a bot's user agent."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, (frame["event_type"] == "view").to_numpy() & present(frame, "product_id"), rate)
    products = sorted(set(frame["product_id"].dropna()))
    crawls = [_crawl(frame.iloc[row], int(rng.integers(420, 700)), products, rng) for row in rows]
    for number, crawl in enumerate(crawls):
        crawl["user_agent"] = _BOT_AGENTS[number % len(_BOT_AGENTS)]
    merged = pd.concat([frame, *crawls], ignore_index=True)
    tables[_EVENTS] = merged.sort_values("_at", kind="stable", ignore_index=True)
    return count


def _crawl(start: pd.Series, views: int, products: list[str], rng: np.random.Generator) -> pd.DataFrame:
    """An hour of views, beginning at the view `start`."""
    crawl = pd.DataFrame([start] * views, columns=start.index)
    seconds = np.sort(rng.integers(3600, size=views)).astype("timedelta64[s]")
    at = np.minimum(np.datetime64(start["_at"], "s") + seconds, np.datetime64(str(start["extracted_at"]), "s"))
    crawl["_at"] = at
    crawl["occurred_at"] = [f"{text}Z" for text in np.datetime_as_string(at, unit="s")]
    crawl["event_id"] = [f"{start['event_id']}b{view:03x}" for view in range(views)]
    crawl["session_id"] = f"{start['session_id']}b"
    crawl["product_id"] = choice(rng, products, views)
    crawl["platform"] = "web"
    crawl[["customer_id", "device_id"]] = None
    return crawl


def events_from_the_future(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events of devices whose clocks are years ahead."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, everything(frame), rate)
    times, years = get(frame, rows, "occurred_at"), future_years(rng, tables, rows.size)
    put(frame, rows, "occurred_at", [f"{y}-03{time[7:]}" for y, time in zip(years, times, strict=True)])
    return count


def orphan_event_products(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events about products the catalogue does not know."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, present(frame, "product_id"), rate)
    put(frame, rows, "product_id", [f"OLD-{number:05d}" for number in rng.integers(10**5, size=rows.size)])
    return count


def orphan_event_customers(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events of customers the CRM does not know."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, present(frame, "customer_id"), rate)
    put(frame, rows, "customer_id", [f"x{number:06x}" for number in rng.integers(16**6, size=rows.size)])
    return count


def missing_event_products(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events that need a product and name none."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, present(frame, "product_id"), rate)
    put(frame, rows, "product_id", None)
    return count


def searches_without_query(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Searches for nothing."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, present(frame, "query"), rate)
    put(frame, rows, "query", [None if i % 2 else "   " for i in range(rows.size)])
    return count


def impossible_ratings(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Ratings outside one to five stars, or no numbers."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, (frame["event_type"] == "rating").to_numpy(), rate)
    put(frame, rows, "rating", choice(rng, ("0", "55", "-1", "five"), rows.size))
    return count


def unknown_event_types(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Event types that nobody has described."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "event_type", choice(rng, ("scroll_depth", "debug"), rows.size))
    return count


def missing_sessions(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events that belong to no session."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "session_id", None)
    return count


def html_entities_in_reviews(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Reviews with HTML entities."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, frame["review_text"].str.contains("[&']", na=False).to_numpy(dtype=bool), rate)
    put(
        frame, rows, "review_text", [html.escape(t).replace("&#x27;", "&#39;") for t in get(frame, rows, "review_text")]
    )
    return count


def epoch_times(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Times as seconds or milliseconds since 1970 instead of ISO 8601."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, _iso_times(frame), rate)
    seconds = pd.to_datetime(get(frame, rows, "occurred_at"), utc=True).as_unit("s").astype("int64")
    put(frame, rows, "occurred_at", [f"{second}000" if i % 4 else str(second) for i, second in enumerate(seconds)])
    return count


def offset_times(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Times with another offset than UTC, and with milliseconds; the instant is the same."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, _iso_times(frame), rate)
    local = pd.to_datetime(get(frame, rows, "occurred_at"), utc=True) + pd.Timedelta(hours=2)
    put(frame, rows, "occurred_at", local.strftime("%Y-%m-%dT%H:%M:%S.250+02:00").tolist())
    return count


def _iso_times(frame: pd.DataFrame) -> np.ndarray:
    return frame["occurred_at"].str.endswith("Z", na=False).to_numpy(dtype=bool)


def resent_events(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events sent twice under one event id, as phones do after a lost connection."""
    frame = tables[_EVENTS]
    rows, count = pick(rng, everything(frame), rate)
    insert_after(tables, _EVENTS, rows, frame.iloc[rows].copy(), rng.integers(1, 200, rows.size))
    return count


def cut_events(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Events cut off in the middle: no JSON."""
    return cut(tables, _EVENTS, rate, rng)
