"""Sephora skincare: products with ingredients and claims, and explicit ratings, as extracts of a shop.

Files: `skincare_products.csv.gz` (catalogue), `train_df.csv.gz` and `val_df.csv` (author, product, rating).

**The ratings have no times, and none is invented.** A rating is evidence that the customer has the product, so each
becomes an order of one line (without a price: what was paid is unknown) and a rating event. Their time is a
*surrogate*, and marked as such in `time_precision`: 1970-01-01 plus as many seconds as the row's position in
`train_df` followed by `val_df`. It says in which order the rows stand in the files, nothing else; no interval, no
recency and no season may be read from it. The files were split at random within each customer, so "later" rows are
a random sample too.

- `author_id` is text (one is `orderGen1698648`), and so is `product_id`.
- Repeated ratings of a product were averaged by the source: fractions such as 4.5 are kept.
- The price is the list price; a sale price is a passing state and is left out.
- Of a size in ounces and millilitres or grams, the metric one is taken.
- A sold-out product has a stock of 0; the stock of the others is unknown.
- `highlights` become claims, `ingredients` are split into single names (see `ingredient_text`).
- Nothing but the id is known of a customer, and there are no stores.

Data: `nadyinky/sephora-products-and-skincare-reviews` on Kaggle, collected in March 2023; the extracts are as of the
end of that month.
"""

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps
from pathlib import Path

from glowhouse.ingest.extract_writer import Column, Extract, Shop
from glowhouse.ingest.files import IngestError, Record, read_records, require_files, to_number
from glowhouse.ingest.ingredient_text import distinct, parse_ingredients
from glowhouse.ingest.progress import Track, untracked
from glowhouse.ingest.run_together import common_names, separate_run_together

PRODUCTS = "skincare_products.csv.gz"
RATINGS = ("train_df.csv.gz", "val_df.csv")

REQUIRED_FILES = {
    PRODUCTS: "the catalogue with ingredients and highlights",
    RATINGS[0]: "ratings, first part",
    RATINGS[1]: "ratings, second part",
}
PRODUCT_COLUMNS = (
    *("product_id", "product_name", "brand_name", "avg_product_rating", "num_reviews", "size", "ingredients"),
    *("price_usd", "out_of_stock", "highlights", "primary_category", "secondary_category", "tertiary_category"),
)
METRIC_SIZE = re.compile(r"\d+(?:\.\d+)?\s?(?:ml|l|g|kg)$", re.IGNORECASE)
EXTRACTED_AT = "2023-03-31T00:00:00"


@dataclass(frozen=True)
class Rating:
    """One row of the rating files; `position` counts from 1 over both."""

    position: int
    author: str
    product: str
    stars: str


def read_sephora(source: Path, track: Track = untracked) -> Shop:
    """Reads the data set in folder `source`.

    Raises:
        IngestError: naming each missing file, or file, line and expectation of the first malformed content.
    """
    require_files(source, REQUIRED_FILES)
    products, oddities = _read_products(source / PRODUCTS, track)
    ratings = _read_ratings(source, set(filter(None, products.columns["product_id"])), track)
    fractions = sum(not float(rating.stars).is_integer() for rating in ratings)
    oddities += [
        f"{fractions:,} ratings are fractions (averages of repeated ratings) and are kept as they are",
        "no times: orders and ratings carry a surrogate, which says their order in the files and nothing else",
    ]
    return Shop([_customers(ratings), products, *_orders(ratings), _events(ratings)], oddities)


def _read_products(path: Path, track: Track) -> tuple[Extract, list[str]]:
    records = list(read_records(path, PRODUCT_COLUMNS))
    ids = [record["product_id"] for record in records]
    for record in records:
        if not record["product_id"]:
            raise record.place.error("expected a product_id, found none")
    if len(set(ids)) != len(ids):
        raise IngestError(f"{path}: product_id {Counter(ids).most_common(1)[0][0]} occurs twice; expected one row each")
    ingredients = _ingredients(records, track)
    columns: dict[str, Column] = {
        "product_id": ids,
        "name": [record["product_name"].strip() for record in records],
        "brand": [record["brand_name"].strip() or None for record in records],
        "category_path": [_category_path(record) for record in records],
        "ingredients": [dumps(names, ensure_ascii=False) if names else None for names in ingredients],
        "claims": [dumps(claims, ensure_ascii=False) if (claims := _list(r, "highlights")) else None for r in records],
        "price": [_number_or_none(record, "price_usd") for record in records],
        "currency": ["USD"] * len(records),
        "size": [_size(record) for record in records],
        "stock_quantity": [_stock(record) for record in records],
        "average_rating": [_number_or_none(record, "avg_product_rating") for record in records],
        "rating_count": [_whole_or_none(record, "num_reviews") for record in records],
        "extracted_at": [EXTRACTED_AT] * len(records),
    }
    several = sum(len(_list(record, "ingredients")) > 1 for record in records)
    unlisted = sum(not record["ingredients"] for record in records)
    remarks_only = sum(not names for names in ingredients) - unlisted
    distinct = len({name.casefold() for names in ingredients for name in names})
    oddities = [
        f"{unlisted:,} products have no ingredient list, {remarks_only:,} more have one that names no ingredient",
        f"{several:,} ingredient lists come in pieces: sets and steps, broken lines, remarks",
        f"{sum(map(len, ingredients)):,} ingredients were read, {distinct:,} different spellings",
        f"{len(ids) - len(set(columns['name'])):,} products share their name with another one",
    ]
    return Extract("catalog", "products", columns), oddities


def _ingredients(records: Sequence[Record], track: Track) -> list[list[str]]:
    """Single names for each product; the shop's common names tell where commas were lost."""
    lists = [parse_ingredients(_list(record, "ingredients")) for record in track(records, "products")]
    known = common_names(lists)
    return [distinct(piece for name in names for piece in separate_run_together(name, known)) for names in lists]


def _list(record: Record, column: str) -> list[str]:
    """The texts of a Python list literal; an empty value is an empty list."""
    text = record[column].strip()
    if not text:
        return []
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, list) or not all(isinstance(element, str) for element in value):
        raise record.place.error(f"expected {column} as a list literal such as ['a', 'b'], found {text[:60]!r}")
    return value


def _category_path(record: Record) -> str:
    names = (record[f"{level}_category"].strip() for level in ("primary", "secondary", "tertiary"))
    return " > ".join(filter(None, names))


def _size(record: Record) -> str | None:
    """The metric part of '1 oz/ 30 mL', since ounces may be of volume or of weight; any other text as it is."""
    text = record["size"].strip()
    metric = METRIC_SIZE.search(text)
    return (metric.group() if metric else text) or None


def _number_or_none(record: Record, column: str) -> str | None:
    text = record[column].strip()
    if text:
        to_number(text, record.place, column)
    return text or None


def _whole_or_none(record: Record, column: str) -> str | None:
    """A count; the source prints counts with a decimal point ('1321.0')."""
    text = record[column].strip()
    return str(round(to_number(text, record.place, column))) if text else None


def _stock(record: Record) -> str | None:
    if record["out_of_stock"] not in {"0", "1"}:
        raise record.place.error(f"expected out_of_stock as 0 or 1, found {record['out_of_stock']!r}")
    return "0" if record["out_of_stock"] == "1" else None


def _read_ratings(source: Path, products: set[str], track: Track) -> list[Rating]:
    ratings: list[Rating] = []
    seen: set[tuple[str, str]] = set()
    for name in RATINGS:
        for record in track(read_records(source / name, ("author_id", "product_id", "rating")), f"ratings of {name}"):
            author, product, stars = record["author_id"], record["product_id"], record["rating"]
            if not author:
                raise record.place.error("expected an author_id, found none")
            if product not in products:
                raise record.place.error(f"product {product!r} is not in {PRODUCTS}")
            if not 1 <= to_number(stars, record.place, "a rating of 1 to 5") <= 5:
                raise record.place.error(f"expected a rating of 1 to 5, found {stars}")
            if (author, product) in seen:
                raise record.place.error(f"author {author} rates product {product} twice; expected one rating")
            seen.add((author, product))
            ratings.append(Rating(len(ratings) + 1, author, product, stars))
    if not ratings:
        raise IngestError(f"{source}: {' and '.join(RATINGS)} hold no ratings")
    return ratings


def _customers(ratings: Sequence[Rating]) -> Extract:
    authors = list(dict.fromkeys(rating.author for rating in ratings))
    return Extract("crm", "customers", {"customer_id": authors, "extracted_at": [EXTRACTED_AT] * len(authors)})


def _orders(ratings: Sequence[Rating]) -> tuple[Extract, Extract]:
    rows = len(ratings)
    order_ids = [_order_id(rating) for rating in ratings]
    orders = {
        "order_id": order_ids,
        "customer_id": [rating.author for rating in ratings],
        "ordered_at": [_surrogate_time(rating) for rating in ratings],
        "status": ["completed"] * rows,
        "time_precision": ["surrogate"] * rows,
        "extracted_at": [EXTRACTED_AT] * rows,
    }
    lines = {
        "order_id": order_ids,
        "line_number": ["1"] * rows,
        "product_id": [rating.product for rating in ratings],
        "quantity": ["1"] * rows,
        "extracted_at": [EXTRACTED_AT] * rows,
    }
    return Extract("webshop", "orders", orders), Extract("webshop", "order_lines", lines)


def _events(ratings: Sequence[Rating]) -> Extract:
    rows = len(ratings)
    columns = {
        "event_id": [f"rating-{_order_id(rating)}" for rating in ratings],
        "event_type": ["rating"] * rows,
        "occurred_at": [_surrogate_time(rating) for rating in ratings],
        "session_id": [f"ratings-of-{rating.author}" for rating in ratings],
        "customer_id": [rating.author for rating in ratings],
        "product_id": [rating.product for rating in ratings],
        "rating": [rating.stars for rating in ratings],
        "time_precision": ["surrogate"] * rows,
        "extracted_at": [EXTRACTED_AT] * rows,
    }
    return Extract("app", "events", columns)


def _order_id(rating: Rating) -> str:
    return f"{rating.author}-{rating.product}"


def _surrogate_time(rating: Rating) -> str:
    return datetime.fromtimestamp(rating.position, UTC).strftime("%Y-%m-%dT%H:%M:%S")
