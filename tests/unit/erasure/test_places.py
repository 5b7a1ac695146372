"""Each place is rewritten without the customer, and everybody else's bytes stay."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from glowhouse.erasure import warehouse
from glowhouse.erasure.identifiers import Identifiers, Kind
from glowhouse.erasure.landed import erase_archived, erase_landed
from glowhouse.erasure.other_files import erase_sheets
from glowhouse.erasure.person import EVENT, Person, gather, identify
from glowhouse.landing import Event, LandingZone, read
from glowhouse.landing.archive import archive_segments
from glowhouse.model_package import Package
from models_py import artifacts
from models_py.forget import row_of, without_row
from models_py.parts.user_knn import FittedUserKnn

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANN = Identifiers().with_also(Kind.CUSTOMER, frozenset({"ann"}))


def event(event_id: str, customer: str | None, session: str = "s1") -> Event:
    return Event(event_id=event_id, event_type="view", occurred_at=NOW, session_id=session, customer_id=customer)


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    for events in (
        [event("e1", "ann"), event("e2", "bob"), event("e3", None)],
        [event("e4", "ann")],
        [event("e5", "eve")],
    ):
        with LandingZone(folder, clock=lambda: NOW) as landing:
            landing.append(events)
    return folder


def test_segments_lose_the_customers_events_and_nothing_else(zone: Path) -> None:
    cover = ANN.with_also(Kind.SESSION, frozenset({"s1"}))
    lines = {path: path.read_bytes() for path in zone.rglob("*") if path.is_file()}
    assert erase_landed(zone, cover, frozenset({"e1", "e3", "e4"}), is_trial=True) == 3
    assert {path: path.read_bytes() for path in zone.rglob("*") if path.is_file()} == lines

    bob = next(
        line
        for line in gzip.decompress((zone / "app/events/00000001.jsonl.gz").read_bytes()).splitlines(True)
        if b"bob" in line
    )
    assert erase_landed(zone, cover, frozenset({"e1", "e3", "e4"}), is_trial=False) == 3
    assert gzip.decompress((zone / "app/events/00000001.jsonl.gz").read_bytes()) == bob
    assert [landed.event_id for landed in read(zone)] == ["e2", "e5"]
    assert erase_landed(zone, cover, frozenset({"e1", "e3", "e4"}), is_trial=False) == 0
    # Of the closed segments bob's event alone is known; eve's is in the open one.
    assert sum(path.stat().st_size for path in (zone / "app/known_events").iterdir()) == 16

    with LandingZone(zone, clock=lambda: NOW) as landing:
        # What is left is still known; numbers of segments are not used again.
        assert landing.append([event("e2", "bob"), event("e6", "bob")]).known == 1
    assert [landed.event_id for landed in read(zone)] == ["e2", "e5", "e6"]


def test_archived_segments_are_rewritten_as_well(zone: Path, tmp_path: Path) -> None:
    archive_segments(zone, tmp_path / "archive")
    assert erase_archived(tmp_path / "archive", ANN, is_trial=False) == 2
    left = b"".join(gzip.decompress(path.read_bytes()) for path in sorted((tmp_path / "archive").iterdir()))
    assert b"ann" not in left and left.count(b"\n") == 3


def test_sheets_lose_the_customers_rows(tmp_path: Path) -> None:
    sheet, other = tmp_path / "sheet.csv", tmp_path / "other.csv"
    kept = '﻿customer_id;comment\r\nbob;"two\r\nlines; ann"\r\n'
    sheet.write_bytes((kept + "ann;good\r\n").encode())
    other.write_text("product_id\nann\n")
    assert erase_sheets([sheet, other], frozenset({"ann"}), is_trial=True) == 1
    assert erase_sheets([sheet, other], frozenset({"ann"}), is_trial=False) == 1
    assert sheet.read_bytes() == kept.encode()
    assert other.read_text() == "product_id\nann\n"


def test_a_run_forgets_what_one_customer_bought(package: Package) -> None:
    """Ann and Eve bought the same two things; one of two equal rows goes, whichever."""
    run = artifacts.load(package.artifact)
    row = row_of(run, ["serum", "cream"])
    assert row is not None
    fitted, left = (one.hybrid.parts["user_knn"] for one in (run, without_row(run, row)))
    assert isinstance(fitted, FittedUserKnn) and isinstance(left, FittedUserKnn)
    lengths = fitted.purchases.lengths.copy()
    lengths[row] = 0
    np.testing.assert_array_equal(left.purchases.lengths, lengths)
    assert row not in left.buyers.ids
    assert len(left.buyers.ids) == len(fitted.buyers.ids) - 2
    assert row_of(run, ["gel"]) is None
    assert row_of(run, []) is None
    # An order that came after the training: still more like this row than like any other.
    assert row_of(run, ["serum", "cream", "rose"]) == row


WAREHOUSE = """
create schema raw; create schema intermediate; create schema pii;
create schema core; create schema features; create schema marts;
create table raw.crm__customers as from (values
    ('ann', 'Ann@x.de', 1, cast(null as varchar)), ('ann2', 'ann@x.de', 2, null), ('bob', 'bob@x.de', 3, null)
) as t (customer_id, email, _row_number, _unreadable);
create table raw.app__events as from (values
    ('e1', 'ann', 's1', '', 'my secret', 1, cast(null as varchar)), ('e2', null, 's1', null, 'serum', 2, null),
    ('e3', 'bob', 's3', null, 'serum', 3, null)
) as t (event_id, customer_id, session_id, device_id, query, _row_number, _unreadable);
create table pii.int_customers_screened as from (values
    (1, 'ann', 'ann'), (2, 'ann2', 'ann'), (3, 'bob', 'bob')
) as t (source_row_number, customer_id, surviving_customer_id);
create table pii.int_customer_identities as from (values
    ('customer_id', 'ann', 'ann'), ('customer_id', 'ann2', 'ann'), ('customer_id', 'bob', 'bob')
) as t (identifier_kind, identifier, customer_id);
create table intermediate.int_events_screened as from (values (1, 'e1'), (2, 'e2'), (3, 'e3'))
as t (source_row_number, event_id);
create table core.fct_interactions as from (values ('e1', 'my secret'), ('e2', 'serum'), ('e3', 'serum'))
as t (event_id, query);
create table features.ftr_query_exclusions as from (values ('my secret'), ('serum')) as t (query);
create table marts.recommendations (customer_id varchar not null, rank integer);
insert into marts.recommendations values ('ann', 1), ('bob', 1), ('bob', 2);
create view core.a_view as select * from marts.recommendations;
create view core.before_it as select * from core.a_view;
create table core.of_old (a integer); create view core.broken as select a from core.of_old; drop table core.of_old;
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(WAREHOUSE)
    return path


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(f"from {table}").fetchall()


@pytest.mark.parametrize("asked", ["ann", "ann2", " ANN@x.de"])
def test_a_person_is_found_by_any_identifier(database: Path, tmp_path: Path, asked: str) -> None:
    with warehouse.opened(database) as connection:
        person = gather(identify(asked, connection), connection, tmp_path / "nowhere")
    assert person.identifiers.of(Kind.CUSTOMER) == {"ann", "ann2"}
    assert person.identifiers.of(Kind.EMAIL) == {"ann@x.de"}
    assert person.needles.texts == {"ann@x.de", "Ann@x.de"}
    assert person.values[EVENT] == {"e1", "e2"}
    assert (person.rows["crm.customers"], person.rows["app.events"]) == ({1, 2}, {1, 2})
    assert Person.from_json(person.to_json()) == person


def test_a_warehouse_is_written_anew_without_the_person(database: Path, tmp_path: Path) -> None:
    with warehouse.opened(database) as connection:
        person = gather(identify("ann", connection), connection, tmp_path / "nowhere")
        warehouse.rewrite(connection, database, person)
        assert warehouse.count_rows(connection, person) == {}
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]
    assert rows(database, "core.before_it") == [("bob", 1), ("bob", 2)]
    assert rows(database, "raw.crm__customers") == [
        (None, None, 1, "[erased]"), (None, None, 2, "[erased]"), ("bob", "bob@x.de", 3, None)
    ]  # fmt: skip
    assert rows(database, "intermediate.int_events_screened") == [(3, "e3")]
    # What only she has searched for goes with her.
    assert rows(database, "features.ftr_query_exclusions") == [("serum",)]
    assert b"secret" not in database.read_bytes()
    with duckdb.connect(str(database)) as connection, pytest.raises(duckdb.ConstraintException):
        connection.execute("insert into marts.recommendations values (null, 1)")
