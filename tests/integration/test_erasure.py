"""A customer is erased from a real shop, for good: `kill -9`, the next build and a rollback do not bring them back."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from glowhouse.erasure import command, warehouse, work_order
from glowhouse.erasure.data_folder import DataFolder
from glowhouse.erasure.errors import ErasureError
from glowhouse.landing import Event, LandingLockedError, LandingZone, read
from glowhouse.lifecycle import rollback
from glowhouse.release_archive import archived
from models_py.lifecycle.champion import check_artifact
from models_py.lifecycle.decision_log import DecisionLog

from ..conftest import MODELS_ONLY, ROOT, Shop, copy_of

QUIET = Console(quiet=True)
NOW = datetime(2026, 11, 1, 5, tzinfo=UTC)
# Somebody with two accounts, a card, orders and a list.
SOMEBODY = """
    select customer_id from pii.int_customer_identities
    inner join (select distinct customer_id from marts.recommendations) using (customer_id)
    group by customer_id
    having
        count(*) filter (identifier_kind = 'customer_id') > 1
        and count(*) filter (identifier_kind = 'loyalty_card') > 0
    order by customer_id
    limit 1
"""


@pytest.fixture
def shop(built_shop: Shop, tmp_path: Path) -> Shop:
    return copy_of(built_shop, tmp_path / "shop")


@pytest.fixture
def customer(built_shop: Shop) -> str:
    return str(built_shop.query(SOMEBODY)[0][0])


@pytest.fixture
def names(built_shop: Shop, customer: str) -> set[bytes]:
    """What the extracts call the customer, asked of them directly."""
    mine = f"select identifier from pii.int_customer_identities where customer_id = '{customer}'"
    asked = (
        mine,
        f"select email from raw.crm__customers where customer_id in ({mine}) and email like '%@%'",
        f"select email_hash from pii.int_customers_unified where customer_id = '{customer}'",
        f"select event_id from raw.app__events where customer_id in ({mine})",
        f"select distinct transaction_id from core.fct_transactions where customer_id = '{customer}'",
    )
    return {str(name).strip().encode() for query in asked for (name,) in built_shop.query(query)}


def data_of(shop: Shop) -> DataFolder:
    return DataFolder(shop.warehouse, shop.landing, shop.raw)


def erased(shop: Shop, asked: str, *, is_trial: bool = False) -> dict[str, int]:
    return dict(command.erase(asked, data_of(shop), QUIET, is_trial=is_trial, is_sure=lambda: True))


def contents(path: Path) -> Iterator[bytes]:
    """Everything that a file holds, read here without the help of what is tested."""
    yield path.read_bytes()
    if path.suffix == ".gz":
        yield gzip.decompress(path.read_bytes())
    if path.suffix in (".parquet", ".duckdb"):
        with duckdb.connect() as connection:
            if path.suffix == ".parquet":
                tables = [f"'{path}'"]
            else:
                connection.execute(f"attach '{path}' as it (read_only)")
                listed = "select schema_name, table_name from duckdb_tables() where database_name = 'it'"
                tables = [f'it."{schema}"."{table}"' for schema, table in connection.execute(listed).fetchall()]
            for table in tables:
                rows = connection.execute(f"select cast(cells as varchar) from {table} as cells").fetchall()
                yield "\n".join(row for (row,) in rows).encode()


def files_that_name(shop: Shop, names: set[bytes]) -> set[str]:
    files = (path for path in shop.folder.rglob("*") if path.is_file() and not path.is_relative_to(shop.raw))
    return {
        path.relative_to(shop.folder).parts[0]
        for path in files
        for content in contents(path)
        if any(name in content for name in names)
    }


def tables(connection: duckdb.DuckDBPyConnection, where: str) -> dict[str, list[tuple[object, ...]]]:
    """The rows of each table of people for which a condition on their customer holds, in the order of the file."""
    listed = """
        select distinct schema_name || '.' || table_name
        from duckdb_columns() inner join duckdb_tables() using (database_name, schema_name, table_name)
        where column_name = 'customer_id' and schema_name <> 'raw' and database_name = 'warehouse'
    """
    found = [table for (table,) in connection.execute(listed).fetchall()]
    return {table: connection.execute(f"from warehouse.{table} where {where}").fetchall() for table in found}


def views_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    listed = "select schema_name, view_name, sql from duckdb_views() where database_name = 'warehouse' order by all"
    return connection.execute(listed).fetchall()


def event(customer: str | None, event_id: str, session: str = "a session") -> Event:
    return Event(event_id=event_id, event_type="view", occurred_at=NOW, session_id=session, customer_id=customer)


@pytest.fixture
def other(built_shop: Shop, customer: str) -> str:
    others = f"select min(customer_id) from marts.recommendations where customer_id <> '{customer}'"
    ((found,),) = built_shop.query(others)
    return str(found)


def test_a_customer_is_erased_for_good(shop: Shop, customer: str, names: set[bytes], other: str) -> None:
    looking_changes_nothing_and_disturbs_nobody(shop, customer, other)
    an_erasure_that_is_killed_is_finished_by_the_next_and_leaves_the_others_alone(shop, customer, names, other)
    the_next_build_and_a_rollback_do_not_bring_them_back(shop, customer, names)


def looking_changes_nothing_and_disturbs_nobody(shop: Shop, customer: str, other: str) -> None:
    with LandingZone(shop.landing, clock=lambda: NOW) as zone:
        zone.append([event(customer, "landed-1"), event(None, "landed-2"), event(other, "landed-3", "another session")])
        with pytest.raises(LandingLockedError, match="Stop that service first"):
            erased(shop, customer)
    with duckdb.connect(str(shop.warehouse)), pytest.raises(ErasureError, match="is a build running"):
        erased(shop, customer)
    (shop.folder / "sheet.csv").write_text(f"customer_id,rating\n{customer},5\n{other},4\n")
    (shop.folder / "report.html").write_text(f"<p>{customer}</p>")

    counts = erased(shop, customer, is_trial=True)
    assert all(counts[place] for place in counts if place != "archived segments"), counts
    assert (counts["landing zone"], counts["rating sheets"]) == (2, 1)
    assert not (shop.folder / "erasure").exists()
    with pytest.raises(ErasureError, match="There is nothing of a customer nobody-at-all"):
        erased(shop, "nobody-at-all")


def an_erasure_that_is_killed_is_finished_by_the_next_and_leaves_the_others_alone(
    shop: Shop, customer: str, names: set[bytes], other: str
) -> None:
    assert {"warehouse.duckdb", "serving.duckdb", "releases", "landing", "sheet.csv"} <= files_that_name(shop, names)
    mine = ", ".join(f"'{name.decode()}'" for name in names)
    with warehouse.opened(shop.warehouse) as connection:
        before, views = tables(connection, f"customer_id not in ({mine})"), views_of(connection)
    recommended = shop.query(f"from recommendations where customer_id <> '{customer}' order by all", shop.serving)

    erase = "import sys; from glowhouse.cli import app; app(['erase', sys.argv[1], '--yes'])"
    process = subprocess.Popen([sys.executable, "-c", erase, customer], cwd=ROOT, env=shop.environment)
    while process.poll() is None and work_order.load(shop.folder) is None:
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert len(shop.query("from recommendations", shop.serving)) in (len(recommended), len(recommended) + 10)

    erased(shop, customer)
    assert files_that_name(shop, names) == set()
    assert work_order.load(shop.folder) is None
    assert not list(shop.folder.rglob("*.new")) and not list(shop.folder.rglob("*.wal"))

    # Nobody else lost or changed a row.
    with warehouse.opened(shop.warehouse) as connection:
        assert tables(connection, "customer_id is not null") == before
        assert views_of(connection) == views
    assert shop.query("from recommendations order by all", shop.serving) == recommended
    assert [landed.event_id for landed in read(shop.landing)] == ["landed-3"]
    assert (shop.folder / "sheet.csv").read_text() == f"customer_id,rating\n{other},4\n"

    # The run is sound, and the log says what happened to it, and not to whom.
    log = DecisionLog(shop.folder)
    (champion,) = log.runs().by_id.values()
    check_artifact(champion, shop.folder)
    assert log.read()[-1].reasons == ("a customer was erased from its artefact",)


def the_next_build_and_a_rollback_do_not_bring_them_back(shop: Shop, customer: str, names: set[bytes]) -> None:
    shop.build(*MODELS_ONLY)
    assert files_that_name(shop, names) == set()
    books = shop.query("select entity, erased_rows from marts.quality_ledger where is_balanced")
    assert len(books) == 7
    assert all(rows > 0 for entity, rows in dict(books).items() if entity != "products"), books

    first, second = archived(shop.folder)
    rollback(shop.folder, first.release_id, QUIET)
    assert files_that_name(shop, names) == set()
    first.check()
    second.check()
    assert shop.query(f"from recommendations where customer_id = '{customer}'", shop.serving) == []
