"""Searches files for identifiers of customers: every value of every column, whatever the file's format."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq

# What is shorter stands in texts and among numbers by chance.
SHORTEST, SHORTEST_NUMBER = 6, 9
_SEPARATORS = re.compile(r"[^\w@.+-]+")

Values = Mapping[str, set[str]]


def known_identifiers(warehouse: Path) -> dict[str, str]:
    """Everything by which the shop's systems know a customer → what kind of identifier it is.

    Of an address also what others make of it: the name before the @, and hashes without a salt. The customer id is the
    key of the release, so an account counts only if it is not a customer's, or is an address; and what is a product's
    id as well says nothing.
    """
    found: dict[str, str] = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for kind, identifier in connection.sql("from pii.int_known_identifiers").fetchall():
            found[identifier.lower()] = kind
            if kind == "email":
                found[identifier.lower().split("@")[0]] = "name"
                for algorithm in ("md5", "sha1", "sha256"):
                    found[hashlib.new(algorithm, identifier.strip().lower().encode()).hexdigest()] = algorithm
        published = connection.sql(
            "select lower(customer_id) from core.dim_users where customer_id not like '%@%' "
            "union select lower(product_id) from core.dim_products"
        ).fetchall()
    for (key,) in published:
        found.pop(key, None)
    shortest = {name: SHORTEST_NUMBER if name.isdigit() else SHORTEST for name in found}
    return {name: kind for name, kind in found.items() if len(name) >= shortest[name]}


def values_of(file: Path) -> Values:
    """Every distinct value of each column of a DuckDB, Parquet, JSON or NumPy file, as lower-case text.

    Raises:
        ValueError: the format is another; who adds a file to the release has to say here how it is searched.
    """
    if file.suffix == ".duckdb":
        return dict(_database(file))
    if file.suffix == ".parquet":
        table = pq.read_table(file)
        return {name: {str(value).lower() for value in set(table[name].to_pylist())} for name in table.column_names}
    if file.suffix == ".json":
        return {
            "": {word.lower() for word in re.findall(r'"((?:[^"\\]|\\.)*)"', json.dumps(json.loads(file.read_text())))}
        }
    if file.suffix == ".npz":
        with np.load(file) as arrays:
            return {name: {str(value).lower() for value in np.unique(arrays[name])} for name in arrays.files}
    raise ValueError(f"It is not known how to search {file}.")


def found_in(values: Values, identifiers: Mapping[str, str], *, inside_words: bool = True) -> set[tuple[str, str]]:
    """(column, kind of identifier) wherever an identifier is a value, a word of one, or a part of a word.

    Args:
        inside_words: whether to look for parts of words, which takes long in much text. Ids of records are looked for
            as words alone: there are many.
    """
    records = {"event", "order", "receipt", "session"}
    parts = [name for name, kind in identifiers.items() if kind not in records] if inside_words else []
    found = set()
    for place, contents in values.items():
        words = {word.strip("._-") for content in contents for word in _SEPARATORS.split(content)}
        found |= {(place, identifiers[name]) for name in (contents | words) & identifiers.keys()}
        text = "\n".join(contents)
        found |= {(place, identifiers[name]) for name in parts if name in text}
    return found


def _database(file: Path) -> Iterator[tuple[str, set[str]]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = connection.sql(
            "select table_schema, table_name, column_name from information_schema.columns order by all"
        ).fetchall()
        for schema, table, column in columns:
            rows = connection.sql(
                f'select distinct lower(cast("{column}" as varchar)) from "{schema}"."{table}"'
            ).fetchall()
            yield f"{schema}.{table}.{column}", {value for (value,) in rows if value is not None}
