"""Amazon Beauty 2014, 5-core: the public benchmark of sequential recommendation, as extracts of a shop.

`Beauty.txt` lists each user's products, oldest first; `Beauty_time_org_rank.txt.gz` the time of each, at the same
line and position; `derived/items.csv` what the products are. How they become a shop:

- every review is taken as a purchase: one webshop order of one line, without a price (none is known). Times have the
  precision of a day, so the *order of the rows* is the only order inside a day; it is that of `Beauty.txt`;
- the star ratings that are known (`derived/ratings_last20pct.csv`, optional) become rating events of the app;
- of a customer nothing but the id is known, and there are no stores;
- the extracts are as of the day after the last purchase.

Customer and product ids are those of `Beauty.txt`, as text: they were given in order of first appearance, so that
neighbouring numbers belong together, and nothing may ever use them as numbers. Texts keep the HTML entities of the
source: cleaning is the warehouse's work. Files about co-purchases (`also_bought` and the like) are not read, because
they were crawled after the purchases and so contain the answers of every evaluation.

Data: R. He, J. McAuley, WWW 2016; J. McAuley et al., SIGIR 2015. Sequence file: Zhou et al., S3-Rec, CIKM 2020.
"""

import html
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from glowhouse.ingest.extract_writer import Column, Extract, Shop
from glowhouse.ingest.files import IngestError, Place, read_lines, read_records, require_files, to_integer
from glowhouse.ingest.progress import Track, untracked

SEQUENCES = "Beauty.txt"
TIMES = "Beauty_time_org_rank.txt.gz"
ITEMS = "derived/items.csv"
RATINGS = "derived/ratings_last20pct.csv"
INTERACTIONS = "derived/interactions.csv.gz"

REQUIRED_FILES = {
    SEQUENCES: "each user's products, oldest first",
    TIMES: "the time of each purchase, position by position as in Beauty.txt",
    ITEMS: "title, brand and category of each product",
}

ITEM_COLUMNS = ("item_id", "asin", "title", "brand", "category_path")
SECONDS_PER_DAY = 86_400
NO_BRAND = {"", "Unknown"}


@dataclass(frozen=True)
class Purchase:
    """One position of one user's sequence; positions count from 1, times are Unix seconds at midnight UTC."""

    user: str
    position: int
    item: str
    time: int


def read_amazon_beauty(source: Path, track: Track = untracked) -> Shop:
    """Reads the data set in folder `source`.

    Raises:
        IngestError: naming each missing file, or file, line and expectation of the first malformed content.
    """
    require_files(source, REQUIRED_FILES)
    purchases = _read_purchases(source, track)
    if (source / INTERACTIONS).is_file():
        _compare_with_interactions(purchases, source / INTERACTIONS, track)
    extracted_at = _iso(max(purchase.time for purchase in purchases) + SECONDS_PER_DAY)
    needed = {purchase.item for purchase in purchases}
    products, oddities = _read_products(source / ITEMS, needed, extracted_at, track)
    extracts = [_customers(purchases, extracted_at), products, *_orders(purchases, extracted_at)]
    if (source / RATINGS).is_file():
        extracts.append(_read_ratings(source / RATINGS, purchases, extracted_at, track))
    else:
        oddities.append(f"no {RATINGS}: the shop has no ratings")
    return Shop(extracts, [*oddities, *_same_day_oddities(purchases)])


def _read_purchases(source: Path, track: Track) -> list[Purchase]:
    """Joins sequences and times; both list the same users in the same order."""
    purchases: list[Purchase] = []
    times = read_lines(source / TIMES)
    seen: set[str] = set()
    for place, line in track(read_lines(source / SEQUENCES), "customers"):
        user, *items = line.split() or [""]
        times_place, times_line = next(times, (Place(source / TIMES, place.line), ""))
        times_user, *stamps = times_line.split() or [""]
        _check_sequence(place, user, items, seen)
        if times_user != user:
            raise times_place.error(f"expected the times of user {user}, found user {times_user or '(none)'}")
        if len(stamps) != len(items):
            raise times_place.error(f"{len(stamps)} times for user {user}, expected {len(items)}, one for each product")
        seconds = [to_integer(stamp, times_place, "a time in Unix seconds") for stamp in stamps]
        if seconds != sorted(seconds):
            raise times_place.error(f"expected the times of user {user} oldest first")
        pairs = zip(items, seconds, strict=True)
        purchases.extend(Purchase(user, position, item, time) for position, (item, time) in enumerate(pairs, start=1))
    surplus = next(times, None)
    if surplus is not None:
        raise surplus[0].error(f"{SEQUENCES} has no such line; expected times for its {len(seen)} users")
    if not purchases:
        raise IngestError(f"{source / SEQUENCES} is empty; expected lines 'user item1 item2 …'")
    return purchases


def _check_sequence(place: Place, user: str, items: Sequence[str], seen: set[str]) -> None:
    """Refuses a user without products, a repeated user or product, and ids that are not whole numbers."""
    if not items:
        raise place.error(f"expected 'user item1 item2 …', found {user!r}")
    for text, what in [(user, "a user id"), *((item, "a product id") for item in items)]:
        to_integer(text, place, what)
    if user in seen:
        raise place.error(f"user {user} occurs a second time; expected one line a user")
    seen.add(user)
    if len(set(items)) != len(items):
        repeated = Counter(items).most_common(1)[0][0]
        raise place.error(f"user {user} has product {repeated} twice; expected distinct products")


def _compare_with_interactions(purchases: Sequence[Purchase], path: Path, track: Track) -> None:
    """The table of interactions says the same a second time; a difference means that files do not belong together."""
    columns = ("user_id", "item_id", "position", "timestamp")
    count = 0
    for count, record in enumerate(track(read_records(path, columns), "interactions to compare"), start=1):
        found = tuple(record[column] for column in columns)
        if count > len(purchases):
            raise record.place.error(f"more interactions than the {len(purchases)} of {SEQUENCES}")
        purchase = purchases[count - 1]
        expected = (purchase.user, purchase.item, str(purchase.position), str(purchase.time))
        if found != expected:
            raise record.place.error(f"{found} differs from {expected} in {SEQUENCES} and {TIMES}")
    if count != len(purchases):
        raise IngestError(f"{path} has {count} interactions, {SEQUENCES} {len(purchases)}; expected the same")


def _read_products(path: Path, needed: set[str], extracted_at: str, track: Track) -> tuple[Extract, list[str]]:
    ids: list[str] = []
    names: list[str] = []
    brands: list[str | None] = []
    paths: list[str] = []
    untitled = 0
    for record in track(read_records(path, ITEM_COLUMNS), "products"):
        to_integer(record["item_id"], record.place, "a product id")
        categories = [name.strip() for name in record["category_path"].split("|") if name.strip()]
        brand = None if record["brand"].strip() in NO_BRAND else record["brand"].strip()
        title = record["title"].strip()
        untitled += not title
        ids.append(record["item_id"])
        names.append(title or _stand_in_title(brand, categories, record["asin"]))
        brands.append(brand)
        paths.append(" > ".join(categories))
    _check_products(path, ids, needed)
    columns: dict[str, Column] = {"product_id": ids, "name": names, "brand": brands, "category_path": paths}
    escaped = sum(html.unescape(name) != name for name in names)
    escaped_brands = sum(html.unescape(brand) != brand for brand in filter(None, brands))
    oddities = [
        f"{untitled:,} products have no title and are named after brand, category and ASIN",
        f"{brands.count(None):,} products have no brand (empty or 'Unknown')",
        f"{escaped:,} titles and {escaped_brands:,} brands carry HTML entities, kept for the warehouse to clean",
        f"{len(names) - len(set(names)):,} products share their title with another one",
    ]
    return Extract("catalog", "products", {**columns, "extracted_at": [extracted_at] * len(ids)}), oddities


def _check_products(path: Path, ids: Sequence[str], needed: set[str]) -> None:
    if len(set(ids)) != len(ids):
        raise IngestError(f"{path}: item_id {Counter(ids).most_common(1)[0][0]} occurs twice; expected one line each")
    unknown = sorted(needed.difference(ids), key=int)
    if unknown:
        examples = ", ".join(unknown[:5])
        raise IngestError(f"{path}: {len(unknown)} product(s) of {SEQUENCES} are missing, the first are {examples}")


def _stand_in_title(brand: str | None, categories: Sequence[str], asin: str) -> str:
    return " ".join([*filter(None, [brand]), *categories[-1:], f"({asin})"])


def _customers(purchases: Iterable[Purchase], extracted_at: str) -> Extract:
    users = list(dict.fromkeys(purchase.user for purchase in purchases))
    return Extract("crm", "customers", {"customer_id": users, "extracted_at": [extracted_at] * len(users)})


def _orders(purchases: Sequence[Purchase], extracted_at: str) -> tuple[Extract, Extract]:
    order_ids = [f"{purchase.user}-{purchase.position}" for purchase in purchases]
    same = len(purchases)
    orders = {
        "order_id": order_ids,
        "customer_id": [purchase.user for purchase in purchases],
        "ordered_at": [_iso(purchase.time) for purchase in purchases],
        "status": ["completed"] * same,
        "time_precision": ["day"] * same,
        "extracted_at": [extracted_at] * same,
    }
    lines = {
        "order_id": order_ids,
        "line_number": ["1"] * same,
        "product_id": [purchase.item for purchase in purchases],
        "quantity": ["1"] * same,
        "extracted_at": [extracted_at] * same,
    }
    return Extract("webshop", "orders", orders), Extract("webshop", "order_lines", lines)


def _read_ratings(path: Path, purchases: Iterable[Purchase], extracted_at: str, track: Track) -> Extract:
    bought = {(purchase.user, purchase.item): purchase.time for purchase in purchases}
    rows: list[tuple[str, str, str, int]] = []
    for record in track(read_records(path, ("user_id", "item_id", "rating", "timestamp")), "ratings"):
        user, item = record["user_id"], record["item_id"]
        time = to_integer(record["timestamp"], record.place, "a time in Unix seconds")
        stars = to_integer(record["rating"], record.place, "a rating of 1 to 5")
        if not 1 <= stars <= 5:
            raise record.place.error(f"expected a rating of 1 to 5, found {stars}")
        if bought.pop((user, item), None) != time:
            raise record.place.error(f"user {user}, product {item}, time {time} is no (unrated) line of {SEQUENCES}")
        rows.append((user, item, record["rating"], time))
    days = [_iso(time) for *_, time in rows]
    columns = {
        "event_id": [f"rating-{user}-{item}" for user, item, _, _ in rows],
        "event_type": ["rating"] * len(rows),
        "occurred_at": days,
        "session_id": [f"{user}-{day[:10]}" for (user, *_), day in zip(rows, days, strict=True)],
        "customer_id": [user for user, *_ in rows],
        "product_id": [item for _, item, _, _ in rows],
        "rating": [rating for _, _, rating, _ in rows],
        "time_precision": ["day"] * len(rows),
        "extracted_at": [extracted_at] * len(rows),
    }
    return Extract("app", "events", columns)


def _same_day_oddities(purchases: Iterable[Purchase]) -> list[str]:
    days: dict[str, list[int]] = {}
    for purchase in purchases:
        days.setdefault(purchase.user, []).append(purchase.time)
    tied_at_the_end = sum(len(times) > 1 and times[-1] == times[-2] for times in days.values())
    tied = sum(len(set(times)) < len(times) for times in days.values())
    return [
        f"{tied:,} customers have several purchases on one day, {tied_at_the_end:,} of them their last two: "
        "inside a day only the order of the rows is known"
    ]


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
