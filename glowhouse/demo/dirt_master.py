"""Dirt in customers and products."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import numpy as np
import pandas as pd

from glowhouse.demo.dirt_tools import (
    Dirtied,
    Tables,
    append,
    choice,
    everything,
    extraction,
    get,
    insert_after,
    pick,
    present,
    put,
)
from glowhouse.demo.vocabulary import CATEGORIES, COUNTRIES, COUNTRY_TYPOS, SKIN_TYPE_SPELLINGS, SKIN_TYPE_TYPOS

_CUSTOMERS, _PRODUCTS = "crm.customers", "catalog.products"
_PLAIN_COUNTRY = {spelling: country.code for country in COUNTRIES for spelling in country.spellings}
_PLAIN_SKIN = {spelling: skin for skin, spellings in SKIN_TYPE_SPELLINGS.items() for spelling in spellings}
_SYNONYMS = {
    "Aqua": ("Water", "AQUA / WATER / EAU", "Aqua (Water)", "Water (Aqua)"),
    "Parfum": ("Fragrance", "Parfum (Fragrance)", "PARFUM/FRAGRANCE"),
    "Butyrospermum Parkii Butter": ("Shea Butter", "Butyrospermum Parkii (Shea) Butter"),
    "Simmondsia Chinensis Seed Oil": ("Simmondsia Chinensis (Jojoba) Seed Oil",),
    "Alcohol Denat.": ("Alcohol Denat", "SD Alcohol 40-B"),
    "Tocopherol": ("Tocopherol (Vitamin E)",),
    "Paraffinum Liquidum": ("Mineral Oil",),
    "Sodium Hyaluronate": ("Sodium Hyaluronate (Hyaluronic Acid)",),
}
_TRADE_NAMES = ("GlowComplex 7", "HydraLattice", "Botanical Veil Blend", "PhytoSpring Ferment")


def second_accounts(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """One person has two ids: a second account with the same e-mail address in other letters, and orders on both."""
    customers = tables[_CUSTOMERS]
    rows, count = pick(rng, present(customers, "email"), rate)
    second = customers.iloc[rows].copy()
    second_ids = {old: f"n{rng.integers(16**7):07x}" for old in second["customer_id"]}
    second["customer_id"] = list(second_ids.values())
    second["email"] = [f" {email.title()}" if i % 2 else email.upper() for i, email in enumerate(second["email"])]
    for column in ("birth_date", "age", "region", "skin_concerns"):
        second[column] = None
    append(tables, _CUSTOMERS, second)
    last_day = np.datetime64(extraction(tables), "D")
    since = {
        old: last_day - np.timedelta64(int(days), "D")
        for old, days in zip(second_ids, rng.integers(100, 300, rows.size), strict=True)
    }
    for name in ("webshop.orders", "app.events"):
        frame = tables[name]
        moved = np.flatnonzero(frame["_at"] >= frame["customer_id"].map(since).astype("datetime64[s]"))
        put(frame, moved, "customer_id", [second_ids[old] for old in get(frame, moved, "customer_id")])
    return count


def tester_accounts(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Accounts of the shop's own testers."""
    rows, count = pick(rng, everything(tables[_CUSTOMERS]), rate)
    testers = tables[_CUSTOMERS].iloc[rows].copy()
    numbers = [f"{number:08x}" for number in rng.integers(16**8, size=rows.size)]
    testers["customer_id"] = [f"TEST-{number}" for number in numbers]
    testers["email"] = [f"test+{number}@glowhouse.example" for number in numbers]
    append(tables, _CUSTOMERS, testers)
    return count


def misspelt_skin_types(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Skin types with a typing error ('oilly')."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, present(frame, "skin_type"), rate)
    put(frame, rows, "skin_type", [SKIN_TYPE_TYPOS[_PLAIN_SKIN[word]] for word in get(frame, rows, "skin_type")])
    return count


def misspelt_countries(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Countries with a typing error ('Germny')."""
    frame = tables[_CUSTOMERS]
    typed = frame["country"].map(_PLAIN_COUNTRY, na_action="ignore").isin(list(COUNTRY_TYPOS)).to_numpy()
    rows, count = pick(rng, typed, rate)
    put(frame, rows, "country", [COUNTRY_TYPOS[_PLAIN_COUNTRY[word]] for word in get(frame, rows, "country")])
    return count


def words_for_missing(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Words where nothing is meant: 'n/a', '-', 'unknown', 'prefer not to say'."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, ~present(frame, "skin_type"), rate)
    put(frame, rows, "skin_type", choice(rng, ("n/a", "-", "unknown", "prefer not to say"), rows.size))
    return count


def impossible_ages(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Ages that nobody has."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, present(frame, "age"), rate)
    put(frame, rows, "age", choice(rng, ("0", "3", "142", "999", "-1"), rows.size))
    return count


def impossible_birth_dates(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Birth dates that stand for 'none', or lie in the future."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, present(frame, "birth_date"), rate)
    put(frame, rows, "birth_date", choice(rng, ("1900-01-01", "1871-05-12", "2131-08-09", "0000-00-00"), rows.size))
    return count


def german_birth_dates(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Birth dates written as dd.mm.yyyy."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, _iso_dates(frame), rate)
    put(frame, rows, "birth_date", [".".join(text.split("-")[::-1]) for text in get(frame, rows, "birth_date")])
    return count


def slashed_birth_dates(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Birth dates written as yyyy/mm/dd."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, _iso_dates(frame), rate)
    put(frame, rows, "birth_date", [text.replace("-", "/") for text in get(frame, rows, "birth_date")])
    return count


def _iso_dates(frame: pd.DataFrame) -> np.ndarray:
    return frame["birth_date"].str.fullmatch(r"\d{4}-\d\d-\d\d", na=False).to_numpy(dtype=bool)


def resent_customers(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Customers sent twice: the later row has a later updated_at and another spelling of the region."""
    frame = tables[_CUSTOMERS]
    rows, count = pick(rng, everything(frame), rate)
    again = frame.iloc[rows].copy()
    again["updated_at"] = str(extraction(tables) - timedelta(hours=8))
    again["region"] = again["region"].str.upper()
    insert_after(tables, _CUSTOMERS, rows, again, rng.integers(1, 40, rows.size))
    return count


def misspelt_categories(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Category paths as careless editors typed them."""
    frame = tables[_PRODUCTS]
    wrong = {category.path: category.misspelt for category in CATEGORIES if category.misspelt}
    paths = [" > ".join(path) for path in frame["category_path"]]
    rows, count = pick(rng, np.array([path in wrong for path in paths]), rate)
    put(frame, rows, "category_path", [choice(rng, wrong[paths[row]], 1)[0].split(" > ") for row in rows])
    return count


def other_path_separators(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Category paths as one text instead of a list, with three separators."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, everything(frame), rate)
    separators = choice(rng, (" > ", "|", "/"), rows.size)
    paths = frame["category_path"].to_numpy(dtype=object)[rows]
    put(frame, rows, "category_path", [mark.join(path) for mark, path in zip(separators, paths, strict=True)])
    return count


def missing_categories(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Products nobody has sorted in yet."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "category_path", "")
    return count


def html_entities_in_products(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Names, brands and descriptions with HTML entities ('Moss &amp; Marble')."""
    frame = tables[_PRODUCTS]
    columns = ("name", "brand", "description")
    special = np.logical_or.reduce([frame[c].str.contains("[&']", na=False).to_numpy(dtype=bool) for c in columns])
    rows, count = pick(rng, special, rate)
    for column in columns:
        filled = rows[present(frame, column)[rows]]
        escaped = [html.escape(text).replace("&#x27;", "&#39;") for text in get(frame, filled, column)]
        put(frame, filled, column, escaped)
    return count


def missing_ingredients(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Products whose ingredient list is empty, or says 'No Info'."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "ingredients", [None if i % 3 else "No Info" for i in range(rows.size)])
    return count


def ingredient_synonyms(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Ingredients under other names or in capitals ('AQUA / WATER / EAU')."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, _has_list(frame), rate)
    for row in rows:
        names = _ingredients(frame, row)
        shouts = rng.random() < 0.3
        other = [choice(rng, _SYNONYMS.get(name, (name,)), 1)[0] for name in names]
        put(frame, np.array([row]), "ingredients", [[name.upper() if shouts else name for name in other]])
    return count


def unknown_ingredients(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Trade names among the ingredients, which no reference knows."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, _has_list(frame), rate)
    for row in rows:
        names = _ingredients(frame, row)
        names.insert(int(rng.integers(1, len(names))), choice(rng, _TRADE_NAMES, 1)[0])
        put(frame, np.array([row]), "ingredients", [names])
    return count


def ingredients_as_text(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Ingredients in one text, separated by commas, sometimes closed by a full stop."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, _has_list(frame), rate)
    lists = frame["ingredients"].to_numpy(dtype=object)[rows]
    put(frame, rows, "ingredients", [", ".join(names) + ("." if i % 2 else "") for i, names in enumerate(lists)])
    return count


def _ingredients(frame: pd.DataFrame, row: int) -> list[str]:
    return [str(name) for name in frame["ingredients"].to_numpy(dtype=object)[row]]


def _has_list(frame: pd.DataFrame) -> np.ndarray:
    return np.array([isinstance(value, list) for value in frame["ingredients"]])


def missing_prices(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Products without a price."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, everything(frame), rate)
    put(frame, rows, "price", None)
    return count


def impossible_prices(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Prices that are zero, negative, or a hundred times too high (a lost decimal point)."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, present(frame, "price"), rate)
    wrong = [("0.00", f"-{price}", price.replace(".", ""))[i % 3] for i, price in enumerate(get(frame, rows, "price"))]
    put(frame, rows, "price", wrong)
    return count


def _plain_prices(frame: pd.DataFrame) -> np.ndarray:
    return frame["price"].str.fullmatch(r"\d+\.\d\d", na=False).to_numpy(dtype=bool)


def decimal_commas_in_prices(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Prices with a decimal comma."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, _plain_prices(frame), rate)
    put(frame, rows, "price", [price.replace(".", ",") for price in get(frame, rows, "price")])
    return count


def currency_inside_price(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Prices that bring their currency along ('€ 12.90'); the currency column is empty."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, _plain_prices(frame), rate)
    prices = get(frame, rows, "price")
    put(frame, rows, "price", [f"€ {price}" if i % 2 else f"{price} EUR" for i, price in enumerate(prices)])
    put(frame, rows, "currency", None)
    return count


def size_and_unit_in_one(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Sizes that bring their unit along ('50ml'); the unit column is empty."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, everything(frame), rate)
    both = zip(get(frame, rows, "size"), get(frame, rows, "size_unit"), strict=True)
    put(frame, rows, "size", [re.sub(r"^(\S+) (ml|g|l)$", r"\1\2", f"{size} {unit}") for size, unit in both])
    put(frame, rows, "size_unit", None)
    return count


def resent_products(tables: Tables, rate: float, rng: np.random.Generator) -> Dirtied:
    """Products sent twice: the later row has a later updated_at and another stock."""
    frame = tables[_PRODUCTS]
    rows, count = pick(rng, everything(frame), rate)
    again = frame.iloc[rows].copy()
    again["updated_at"] = str(extraction(tables) - timedelta(hours=8))
    new_stock = pd.Series(rng.integers(3, 400, rows.size).astype(str), index=again.index, dtype=object)
    again["stock_quantity"] = again["stock_quantity"].where(again["stock_quantity"] == "0", new_stock)
    insert_after(tables, _PRODUCTS, rows, again, rng.integers(1, 20, rows.size))
    return count
