"""Which rows of the extracts are an erased customer's, and which further identifiers they reveal.

Systems name people differently: the till knows a card, an order line only its order, an anonymous click only a session.
`MARKS` says which columns count in which extract; `all_identifiers` follows them from the customer to cards, orders,
sessions and devices. Both work on rows as the extracts are read (text columns), whether they come from the extracts
themselves or from the raw tables of a warehouse.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from glowhouse.erasure.identifiers import Cover, Either, Identifiers, Kind
from glowhouse.extracts.contract import UNREADABLE

OWNER: Final = "customer_id"
#: Stands in the place of an erased row: rows keep their numbers, and the books of the quality ledger balance.
ERASED: Final = "[erased]"

Rows = Callable[[str], Iterable[pa.RecordBatch]]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Mark:
    """A column that says whose a row is.

    Attributes:
        if_unnamed: whether it counts only where the row names no customer: a session may be shared.
    """

    column: str
    kind: Kind
    if_unnamed: bool = False


_EVENT_MARKS = (
    Mark(OWNER, Kind.CUSTOMER),
    Mark("session_id", Kind.SESSION, if_unnamed=True),
    Mark("device_id", Kind.DEVICE, if_unnamed=True),
)
MARKS: Final[dict[str, tuple[Mark, ...]]] = {
    "crm.customers": (Mark(OWNER, Kind.CUSTOMER), Mark("email", Kind.EMAIL)),
    "pos.loyalty_cards": (Mark(OWNER, Kind.CUSTOMER), Mark("card_number", Kind.CARD)),
    "pos.sales": (Mark("loyalty_card", Kind.CARD),),
    "webshop.orders": (Mark(OWNER, Kind.CUSTOMER), Mark("order_id", Kind.ORDER)),
    "webshop.order_lines": (Mark("order_id", Kind.ORDER),),
    "app.events": _EVENT_MARKS,
    "app.landed_events": _EVENT_MARKS,
}


@dataclass(frozen=True)
class _Trail:
    """What belongs to a customer because rows name both.

    Attributes:
        others: of how many other customers it may be as well. Whose an anonymous event of a session of two people is
            nobody knows; with one of them gone it would be taken for the other's.
    """

    column: str
    kind: Kind
    others: int = 0


#: Where such rows are, in the order in which they are followed.
_TRAILS: Final = (
    (("crm.customers",), (_Trail("email", Kind.EMAIL),)),
    (("pos.loyalty_cards",), (_Trail("card_number", Kind.CARD),)),
    (("webshop.orders",), (_Trail("order_id", Kind.ORDER),)),
    (
        ("app.events", "app.landed_events"),
        (_Trail("session_id", Kind.SESSION, others=1), _Trail("device_id", Kind.DEVICE)),
    ),
)
# What no till, form or log puts inside an id or an address.
_TOKEN = re.compile(r"""[^\s"'`,;:{}\[\]()<>|\\=]+""")
_BELONGING = """
    select value
    from (select distinct trim({owner}) as owner, trim({value}) as value from named)
    where owner <> '' and value <> ''
    group by value
    having
        bool_or(owner in (select unnest($erased)))
        and count(distinct owner) filter (owner not in (select unnest($erased))) <= $others
"""


def all_identifiers(cover: Cover, rows: Rows) -> Identifiers:
    """The identifiers that the extracts reveal of whom `cover` covers.

    Args:
        cover: knows some identifiers.
        rows: the rows of an extract by its name (`system.entity`), read anew with each call.
    """
    found = Identifiers().with_also(Kind.CUSTOMER, _accounts(cover, rows))
    for extracts, trails in _TRAILS:
        columns = [OWNER, *(trail.column for trail in trails)]
        named = pa.Table.from_batches(
            [batch.select(columns) for extract in extracts for batch in rows(extract)],
            pa.schema([(column, pa.string()) for column in columns]),
        )
        known = Either(cover, found)
        owners = [owner for owner in pc.unique(named[OWNER]).to_pylist() if owner and owner.strip()]
        erased = [owner.strip() for owner in owners if known.covers(Kind.CUSTOMER, owner)]
        for trail in trails if erased else ():
            found = found.with_also(trail.kind, _belonging(named, trail, erased))
    return found


def erased_rows(extract: str, batch: pa.RecordBatch, cover: Cover) -> Flags:
    """Which rows of a batch are erased; shape (rows,).

    Besides the columns of `MARKS`: a row that could not be parsed and mentions an identifier, and a row in which an
    e-mail address that is covered is written anywhere.
    """
    marks = MARKS.get(extract, ())
    erased = np.zeros(batch.num_rows, np.bool_)
    if not marks:
        return erased
    names = set(batch.schema.names)
    is_named = _matches(batch.column(OWNER), lambda text: bool(text.strip())) if OWNER in names else erased
    for mark in marks:
        of_mark = _matches(batch.column(mark.column), lambda text, mark=mark: cover.covers(mark.kind, text))  # type: ignore[misc]
        erased = erased | (of_mark & ~is_named if mark.if_unnamed else of_mark)
    if UNREADABLE in names:
        erased = erased | _matches(batch.column(UNREADABLE), lambda text: _mentions(text, tuple(Kind), cover))
    for name in names - {UNREADABLE}:
        texts = batch.column(name)
        # Most columns hold no address, and are not looked at value by value.
        if pa.types.is_string(texts.type) and pc.any(pc.match_substring(texts, "@")).as_py():
            erased = erased | _matches(texts, lambda text: "@" in text and _mentions(text, (Kind.EMAIL,), cover))
    return erased


def _belonging(named: pa.Table, trail: _Trail, erased: list[str]) -> frozenset[str]:
    """The values of a column that rows of erased customers hold, and of no more others than may."""
    value = f"lower({trail.column})" if trail.kind is Kind.EMAIL else trail.column
    query = _BELONGING.format(owner=OWNER, value=value)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("named", named)
        values = connection.execute(query, {"erased": erased, "others": trail.others}).fetchall()
    return frozenset(value for (value,) in values)


def _accounts(cover: Cover, rows: Rows) -> frozenset[str]:
    """The ids under which the CRM knows whom `cover` covers."""
    found: set[str] = set()
    for batch in rows("crm.customers"):
        mine = batch.column(OWNER).filter(pa.array(erased_rows("crm.customers", batch, cover)))
        found.update(filter(None, mine.to_pylist()))
    return frozenset(found)


def _matches(texts: pa.Array, is_match: Callable[[str], bool]) -> Flags:
    """Asks each distinct text once."""
    coded = texts.dictionary_encode()
    matching = [value is not None and is_match(value) for value in coded.dictionary.to_pylist()]
    if not any(matching):
        return np.zeros(len(texts), np.bool_)
    return np.asarray(pc.fill_null(pa.array(matching).take(coded.indices), False).to_numpy(zero_copy_only=False))


def _mentions(text: str, kinds: tuple[Kind, ...], cover: Cover) -> bool:
    tokens = {word for token in _TOKEN.findall(text) for word in (token, token.rstrip(".!?"))}
    return any(cover.covers(kind, token) for token in tokens for kind in kinds)


def blanked(batch: pa.RecordBatch, erased: Flags) -> pa.RecordBatch:
    """The batch with nothing left of the erased rows but their numbers, and `ERASED` for their text."""
    if not erased.any():
        return batch
    gone = pa.array(erased)
    columns: list[Any] = []
    for field in batch.schema:
        column = batch.column(field.name)
        if field.name == UNREADABLE:
            column = pc.if_else(gone, ERASED, column)
        elif pa.types.is_string(field.type):
            column = pc.if_else(gone, None, column)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)
