"""One customer in all of Glowhouse's words: every identifier, every raw row, and what was derived from these."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from glowhouse.erasure.belongings import MARKS, all_identifiers, erased_rows
from glowhouse.erasure.errors import ErasureError
from glowhouse.erasure.haystack import Needles
from glowhouse.erasure.identifiers import Identifiers, Kind
from glowhouse.erasure.landed import LANDED_EVENTS, landed_rows
from glowhouse.extracts.contract import ROW_NUMBER

#: What a connection calls the warehouse that it has attached.
WAREHOUSE: Final = "warehouse"
# What the warehouse makes of the identifiers of the extracts, by the columns that hold them; see `SCOPES`.
EVENT: Final = "event"
TRANSACTION: Final = "transaction"
LINE: Final = "transaction line"
EMAIL_HASH: Final = "hashed e-mail"
QUERY: Final = "search"


@dataclass(frozen=True)
class Purchase:
    """A product and when it was bought (ISO 8601)."""

    product_id: str
    ordered_at: str


@dataclass(frozen=True)
class Person:
    """What there is of one customer.

    Attributes:
        identifiers: by which extracts name the customer.
        values: texts that are the customer's alone, by what they are: identifiers that occur in no other row, and what
            was derived from them.
        rows: numbers of the customer's rows in the raw tables, by extract.
        purchases: oldest first.
    """

    identifiers: Identifiers = field(repr=False)
    values: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    rows: Mapping[str, frozenset[int]] = field(default_factory=dict, repr=False)
    purchases: tuple[Purchase, ...] = field(default=(), repr=False)

    def with_values_of(self, other: Person) -> Person:
        """With what was known of the same customer before some of it was erased."""
        kinds = {*self.values, *other.values}
        values = {kind: self.values.get(kind, frozenset()) | other.values.get(kind, frozenset()) for kind in kinds}
        return Person(_joined(self.identifiers, other.identifiers), values, self.rows, other.purchases)

    @property
    def needles(self) -> Needles:
        """What nothing but this customer accounts for, wherever it is found."""
        return Needles.of(text for kind, texts in self.values.items() if kind != QUERY for text in texts)

    def to_json(self) -> str:
        """To be read by `from_json`."""
        content = {
            "identifiers": {kind: sorted(self.identifiers.of(kind)) for kind in Kind},
            "values": {kind: sorted(texts) for kind, texts in self.values.items()},
            "rows": {extract: sorted(numbers) for extract, numbers in self.rows.items()},
            "purchases": [[purchase.product_id, purchase.ordered_at] for purchase in self.purchases],
        }
        return json.dumps(content)

    @classmethod
    def from_json(cls, text: str) -> Person:
        """What `to_json` wrote."""
        content: dict[str, Any] = json.loads(text)
        identifiers = Identifiers()
        for kind, values in content["identifiers"].items():
            identifiers = identifiers.with_also(Kind(kind), frozenset(values))
        return cls(
            identifiers,
            {kind: frozenset(texts) for kind, texts in content["values"].items()},
            {extract: frozenset(numbers) for extract, numbers in content["rows"].items()},
            tuple(Purchase(*purchase) for purchase in content["purchases"]),
        )


def identify(asked: str, warehouse: duckdb.DuckDBPyConnection | None) -> Identifiers:
    """The identifiers under which the warehouse knows the customer whom one of them names.

    Args:
        asked: the id of an account, the number of a card, or an e-mail address.
        warehouse: a connection that has attached it; None where there is none.

    Raises:
        ErasureError: they are several customers'.
    """
    return _Facts(warehouse).seed(asked.strip())


def gather(known: Identifiers, warehouse: duckdb.DuckDBPyConnection | None, landing: Path) -> Person:
    """Everything that belongs to a customer.

    Args:
        known: some identifiers of the customer.
        warehouse: a connection that has attached it; None where there is none.
        landing: the landing zone; it need not exist.
    """
    facts = _Facts(warehouse)

    def rows(extract: str) -> Iterable[pa.RecordBatch]:
        yield from facts.raw(extract)
        if extract == LANDED_EVENTS:
            yield from landed_rows(landing)

    cover = _joined(known, all_identifiers(known, rows))
    mine: dict[str, frozenset[int]] = {}
    values: dict[str, set[str]] = {kind.value: set(cover.of(kind)) for kind in Kind} | {EVENT: set()}
    for extract in MARKS:
        mine[extract] = _sort_out(extract, facts.raw(extract), cover, values)
    _sort_out(LANDED_EVENTS, landed_rows(landing), cover, values)
    return facts.completed(Person(cover, {kind: frozenset(texts) for kind, texts in values.items()}, mine))


def _joined(one: Identifiers, other: Identifiers) -> Identifiers:
    for kind in Kind:
        one = one.with_also(kind, other.of(kind))
    return one


_SHARED: Final = (("session_id", Kind.SESSION.value), ("device_id", Kind.DEVICE.value))


def _sort_out(
    extract: str, rows: Iterable[pa.RecordBatch], cover: Identifiers, values: dict[str, set[str]]
) -> frozenset[int]:
    """The numbers of the customer's rows; their events are noted, and what other rows hold as well is struck out."""
    numbers: set[int] = set()
    events: set[str] = set()
    others: set[str] = set()
    for batch in rows:
        erased = erased_rows(extract, batch, cover)
        mine, rest = batch.filter(pa.array(erased)), batch.filter(pa.array(~erased))
        numbers.update(mine.column(ROW_NUMBER).to_pylist())
        if extract == "crm.customers":
            # As they are spelled: in another case it is the same address, and other bytes.
            values[Kind.EMAIL] |= {text for text in _texts(mine, "email") if cover.covers(Kind.EMAIL, text)}
        if extract.startswith("app."):
            events.update(_texts(mine, "event_id"))
            others.update(_texts(rest, "event_id"))
            for column, kind in _SHARED:
                values[kind] -= _texts(rest, column)
    values[EVENT] |= events - others
    return frozenset(numbers)


def _texts(batch: pa.RecordBatch, column: str) -> set[str]:
    return {text.strip() for text in batch.column(column).to_pylist() if text and text.strip()}


class _Facts:
    """What the warehouse knows; nothing where there is none, or where it is of another version."""

    def __init__(self, warehouse: duckdb.DuckDBPyConnection | None) -> None:
        self._warehouse = warehouse

    def raw(self, extract: str) -> Iterable[pa.RecordBatch]:
        """The rows of a raw table."""
        if self._warehouse is None:
            return
        try:
            reader = self._cursor().sql(f"select * from raw.{extract.replace('.', '__')}").to_arrow_reader()
        except duckdb.CatalogException:
            return
        yield from reader

    def seed(self, asked: str) -> Identifiers:
        """The accounts and cards that the warehouse takes for one customer, and their orders."""
        people = {row[0] for row in self._rows(_PEOPLE, [asked, asked, asked])}
        if len(people) > 1:
            raise ErasureError(
                f"{asked} is an identifier of {len(people)} customers. Name one by the customer's own id."
            )
        known = self._rows(_IDENTITIES, [list(people)])
        cards = {identifier for kind, identifier in known if kind == "loyalty_card"}
        accounts = {identifier for kind, identifier in known if kind == "customer_id"}
        is_address = "@" in asked
        if not is_address and asked not in cards:
            # Somebody whom the CRM does not know may still have orders, events and results.
            accounts.add(asked)
        return (
            Identifiers()
            .with_also(Kind.CUSTOMER, frozenset(accounts))
            .with_also(Kind.EMAIL, frozenset({asked} if is_address else ()))
            .with_also(Kind.CARD, frozenset(cards))
            .with_also(Kind.ORDER, frozenset(row[0] for row in self._rows(_ORDERS, [list(people)])))
        )

    def completed(self, person: Person) -> Person:
        """With what was derived."""
        customers = [list(person.identifiers.of(Kind.CUSTOMER))]
        sold = [sorted(person.rows.get(name, ())) for name in ("webshop.order_lines", "pos.sales")]
        derived = {
            EMAIL_HASH: self._first(_EMAIL_HASHES, customers),
            LINE: self._first(_LINES, sold),
            TRANSACTION: self._first(_TRANSACTIONS, [*sold, *sold]),
            QUERY: self._first(_QUERIES, [sorted(person.values[EVENT])] * 2),
        }
        bought = tuple(Purchase(product, at.isoformat()) for product, at in self._rows(_PURCHASES, customers))
        return Person(person.identifiers, {**person.values, **derived}, person.rows, bought)

    def _first(self, sql: str, parameters: Sequence[object]) -> frozenset[str]:
        return frozenset(row[0] for row in self._rows(sql, parameters) if row[0])

    def _rows(self, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        if self._warehouse is None:
            return []
        try:
            return self._cursor().execute(sql, parameters).fetchall()
        except duckdb.CatalogException:
            return []

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own, since a result is lost with the next query."""
        assert self._warehouse is not None
        cursor = self._warehouse.cursor()
        cursor.execute(f"use {WAREHOUSE}")
        return cursor


_PEOPLE = """
    select customer_id from pii.int_customer_identities where identifier = ?
    union
    select surviving_customer_id from pii.int_customers_screened
    where customer_id = ? and surviving_customer_id is not null
    union
    select screened.surviving_customer_id
    from raw.crm__customers as received
    inner join pii.int_customers_screened as screened on received._row_number = screened.source_row_number
    where lower(trim(received.email)) = lower(trim(?)) and screened.surviving_customer_id is not null
"""
_IDENTITIES = """
    select identifier_kind, identifier
    from pii.int_customer_identities
    where customer_id in (select unnest(cast(? as varchar[])))
"""
# The newest row of an order says whose it is.
_ORDERS = """
    select order_id from intermediate.int_orders_screened
    where row_outcome = 'kept' and customer_id in (select unnest(cast(? as varchar[])))
"""
_EMAIL_HASHES = (
    "select email_hash from pii.int_customers_unified where customer_id in (select unnest(cast(? as varchar[])))"
)
_LINES = """
    select transaction_line_id from intermediate.int_transactions_unified
    where
        (source_system = 'webshop' and source_row_number in (select unnest(cast(? as bigint[]))))
        or (source_system = 'pos' and source_row_number in (select unnest(cast(? as bigint[]))))
"""
# A receipt may hold lines that name nobody; it is the customer's if all of its lines are.
_TRANSACTIONS = f"""
    select transaction_id from intermediate.int_transactions_unified where transaction_line_id in ({_LINES})
    except
    select transaction_id from intermediate.int_transactions_unified where transaction_line_id not in ({_LINES})
"""
# Searches that nobody else has made.
_QUERIES = """
    select query from core.fct_interactions
    where event_id in (select unnest(cast(? as varchar[]))) and query is not null
    except
    select query from core.fct_interactions
    where event_id not in (select unnest(cast(? as varchar[])))
"""
_PURCHASES = """
    select product_id, ordered_at from features.ftr_purchases_ordered
    where customer_id in (select unnest(cast(? as varchar[])))
    order by transaction_sequence, line_sequence, product_id
"""
