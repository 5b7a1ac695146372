"""Writes a warehouse anew without a customer.

DuckDB neither overwrites nor gives back the bytes of deleted rows, so rows are not deleted: what stays is copied into a
new file, which then takes the old one's place. Nothing of the customer is ever written to it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from glowhouse.database_file import quoted, sync
from glowhouse.erasure.belongings import ERASED
from glowhouse.erasure.errors import ErasureError
from glowhouse.erasure.identifiers import Kind
from glowhouse.erasure.person import EMAIL_HASH, EVENT, LINE, QUERY, TRANSACTION, WAREHOUSE, Person
from glowhouse.extracts.contract import ROW_NUMBER, UNREADABLE
from glowhouse.unfinished import remove, sweep, unfinished

_NEW: Final = "rewritten"
#: What a column holds, by its table and its name. A table's rows in which such a column holds a value of the customer's
#: are the customer's. What no line here knows is found by the search that follows, and is an error.
SCOPES: Final[tuple[tuple[str, str, str], ...]] = (
    ("*", "customer_id", Kind.CUSTOMER),
    ("*", "surviving_customer_id", Kind.CUSTOMER),
    ("features.ftr_monitored_customers", "unit_id", Kind.CUSTOMER),
    ("features.ftr_monitored_events", "unit_id", Kind.CUSTOMER),
    ("features.ftr_monitored_purchases", "unit_id", Kind.CUSTOMER),
    ("*", "email_hash", EMAIL_HASH),
    ("*", "order_id", Kind.ORDER),
    ("*", "card_number", Kind.CARD),
    ("*", "event_id", EVENT),
    ("*", "transaction_line_id", LINE),
    ("*", "transaction_id", TRANSACTION),
    ("intermediate.int_bot_sessions", "session_id", Kind.SESSION),
    ("features.ftr_query_exclusions", "query", QUERY),
)
_RAW: Final = "raw"
#: Tables with a row for each raw row, which hold its number; {entity} as in the name of the extract.
_BY_ROW: Final = "int_{entity}_screened"
_REJECTIONS: Final = "quality_rejections"


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the warehouse attached as `WAREHOUSE`; no build can use the warehouse meanwhile.

    Raises:
        ErasureError: a build is using it, or it is damaged.
    """
    with duckdb.connect() as connection:
        try:
            _attach(connection, path)
            # What a build that was killed has left in the log becomes part of the file.
            connection.execute(f"checkpoint {WAREHOUSE}")
        except duckdb.Error as error:
            raise ErasureError(f"{path} cannot be opened; is a build running? Wait for it. ({error})") from error
        yield connection


def count_rows(connection: duckdb.DuckDBPyConnection, person: Person) -> dict[str, int]:
    """How many rows of each table are the customer's, tables without any left out."""
    conditions = _conditions(connection, person)
    counts = {}
    for table, condition in conditions.items():
        ((rows,),) = connection.execute(f"select count(*) from {WAREHOUSE}.{table} where {condition}").fetchall()
        counts[table] = int(rows)
    return {table: rows for table, rows in counts.items() if rows}


def rewrite(connection: duckdb.DuckDBPyConnection, path: Path, person: Person) -> None:
    """Replace the warehouse by one without the customer; the old file is there until the new one is.

    Rows of raw tables are blanked, as the next load would, so that all other rows keep their numbers.

    Raises:
        OSError: the new file cannot be written.
    """
    sweep(path.parent)
    new = unfinished(path)
    remove(new)
    try:
        ((version,),) = connection.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = ?", [WAREHOUSE]
        ).fetchall()
        connection.execute(f"attach '{quoted(new)}' as {_NEW} (storage_version '{str(version).rstrip('+')}')")
        _copy(connection, person)
        connection.execute(f"use memory; detach {_NEW}")
        if new.with_name(f"{new.name}.wal").exists():
            raise OSError(f"{new} was not closed cleanly; {path} stays as it was.")
        shutil.copymode(path, new)
        sync(new)
        new.replace(path)
        sync(path.parent)
        connection.execute(f"detach {WAREHOUSE}")
        _attach(connection, path)
    finally:
        remove(new)
        remove(new.with_name(f"{new.name}.wal"))


def _attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(f"attach '{quoted(path)}' as {WAREHOUSE}")


def _copy(connection: duckdb.DuckDBPyConnection, person: Person) -> None:
    conditions = _conditions(connection, person)
    of_warehouse = [WAREHOUSE]
    schemas = connection.execute(
        "select schema_name from duckdb_schemas() where database_name = ? and not internal", of_warehouse
    ).fetchall()
    tables = connection.execute(
        "select schema_name, table_name, sql from duckdb_tables() where database_name = ? and not internal"
        " order by table_oid",
        of_warehouse,
    ).fetchall()
    views = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() where database_name = ? and not internal"
        " order by view_oid",
        of_warehouse,
    ).fetchall()
    connection.execute(f"use {_NEW}")
    for (schema,) in schemas:
        connection.execute(f'create schema if not exists "{schema}"')
    for schema, name, sql in tables:
        connection.execute(sql)
        table = f'"{schema}"."{name}"'
        condition = conditions.get(table, "false")
        rows = (
            f"select {_blanked(connection, table, condition)} from {WAREHOUSE}.{table}"
            if schema == _RAW
            else f"select * from {WAREHOUSE}.{table} where not ({condition})"
        )
        connection.execute(f"insert into {table} {rows}")
    _create_in_order({f'"{schema}"."{name}"': sql for schema, name, sql in views}, connection)


def _create_in_order(views: Mapping[str, str], connection: duckdb.DuckDBPyConnection) -> None:
    """Create views, each after those that it reads. One that an earlier version left and nobody can read is not."""
    waiting = dict(views)
    while waiting:
        late = {name: sql for name, sql in waiting.items() if not _is_done(sql, connection)}
        if len(late) == len(waiting):
            readable = [name for name in late if _is_done(f"select * from {WAREHOUSE}.{name} limit 0", connection)]
            if readable:
                raise ErasureError(f"These views of the warehouse cannot be copied: {', '.join(readable)}.")
            return
        waiting = late


def _is_done(statement: str, connection: duckdb.DuckDBPyConnection) -> bool:
    try:
        connection.execute(statement)
    except (duckdb.CatalogException, duckdb.BinderException):
        return False
    return True


def _blanked(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> str:
    columns = _columns(connection)[table]
    values = {ROW_NUMBER: ROW_NUMBER, UNREADABLE: f"case when {condition} then '{ERASED}' else {UNREADABLE} end"}
    return ", ".join(values.get(name, f'case when not ({condition}) then "{name}" end') for name in columns)


def _conditions(connection: duckdb.DuckDBPyConnection, person: Person) -> dict[str, str]:
    """For each table that may hold rows of the customer, by which condition they are known."""
    _register(connection, person)
    offset = _last_exported(connection)
    conditions = {}
    for table, columns in _columns(connection).items():
        schema, name = (part.strip('"') for part in table.split("."))
        found = [
            f"coalesce(\"{column}\" in (select value from memory.erased_values where kind = '{kind}'), false)"
            for pattern, column, kind in SCOPES
            if schema != _RAW and column in columns and fnmatchcase(f"{schema}.{name}", pattern)
        ]
        found += [_is_row(name, extract, offset) for extract in person.rows if _holds_rows_of(schema, name, extract)]
        if found:
            conditions[table] = " or ".join(found)
    return conditions


def _holds_rows_of(schema: str, name: str, extract: str) -> bool:
    entity = extract.partition(".")[2].removeprefix("landed_")
    if schema == _RAW:
        return name == extract.replace(".", "__")
    return name in (_BY_ROW.format(entity=entity), _REJECTIONS)


def _is_row(name: str, extract: str, offset: int) -> str:
    numbers = f"(select number from memory.erased_rows where extract = '{extract}')"
    if name == extract.replace(".", "__"):
        return f"({ROW_NUMBER} in {numbers} and coalesce({UNREADABLE}, '') <> '{ERASED}')"
    # Staging counts on where the exported events end.
    number = f"source_row_number - {offset}" if extract.startswith("app.landed") else "source_row_number"
    system, _, entity = extract.replace("landed_", "").partition(".")
    of_extract = f"source_system = '{system}' and entity = '{entity}' and " if name == _REJECTIONS else ""
    return f"({of_extract}{number} in {numbers})"


def _last_exported(connection: duckdb.DuckDBPyConnection) -> int:
    try:
        query = f"select coalesce(max({ROW_NUMBER}), 0) from {WAREHOUSE}.raw.app__events"
        return int(connection.execute(query).fetchall()[0][0])
    except duckdb.CatalogException:
        return 0


def _register(connection: duckdb.DuckDBPyConnection, person: Person) -> None:
    values = [(str(kind), text) for kind, texts in person.values.items() for text in texts]
    values += [(str(kind), text) for kind, text in person.identifiers if kind in (Kind.CUSTOMER, Kind.ORDER, Kind.CARD)]
    kinds, texts = zip(*values, strict=True)
    extracts = [extract for extract, numbers in person.rows.items() for _ in numbers]
    numbers = [number for numbers in person.rows.values() for number in numbers]
    for name, rows in (
        ("erased_values", {"kind": pa.array(kinds, pa.string()), "value": pa.array(texts, pa.string())}),
        ("erased_rows", {"extract": pa.array(extracts, pa.string()), "number": pa.array(numbers, pa.int64())}),
    ):
        connection.register("incoming", pa.table(rows))
        connection.execute(f"create or replace table memory.{name} as select distinct * from incoming")
        connection.unregister("incoming")


def _columns(connection: duckdb.DuckDBPyConnection) -> Mapping[str, list[str]]:
    """The columns of each table, by its quoted name."""
    rows = connection.execute(
        """
        select columns.schema_name, columns.table_name, list(columns.column_name order by columns.column_index)
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables using (database_name, schema_name, table_name)
        where columns.database_name = ?
        group by columns.schema_name, columns.table_name
        """,
        [WAREHOUSE],
    ).fetchall()
    return {f'"{schema}"."{table}"': list(names) for schema, table, names in rows}
