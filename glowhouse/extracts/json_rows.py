"""Rows of a JSON Lines file: every line that is not empty is a row, and one that is no JSON object an unreadable one.

The lines go to an in-memory DuckDB in blocks: its JSON functions are compiled and use every core.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain

import duckdb
import pyarrow as pa

from glowhouse.extracts.columns import Matching, match_columns
from glowhouse.extracts.contract import UNREADABLE, ExtractContract
from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.files import ExtractFile
from glowhouse.extracts.lines import Lines
from glowhouse.extracts.text_blocks import text_blocks

# DuckDB shares a table out to its threads by Arrow batch.
ROWS_PER_BATCH = 8192

_IS_OBJECT = "case when starts_with(ltrim(line, ' \t'), '{') then json_valid(line) else false end"


def open_jsonl(file: ExtractFile, contract: ExtractContract) -> tuple[Matching, Iterator[pa.Table]]:
    """Learns how keys are spelled from the first block of lines; the rows follow when they are asked for.

    A column that no row of the first block has is still looked for under the contract's own name: a log that is only
    ever appended to gets new keys at its end.

    Numbers keep their value (12.90 becomes "12.9"), lists and objects their JSON text.

    Returns:
        Which columns the file has, and tables with those of the contract (text) and `_unreadable`.

    Raises:
        ExtractError: if the file is empty, holds another kind of JSON, or no row of the first block has a required
            column.
    """
    blocks = text_blocks(file, escape="\\\\")
    first = next(blocks, b"")
    if not first.strip():
        raise ExtractError(f"{file.name}: the file is empty: it has no rows. Export it again.")
    if first.lstrip().startswith(b"["):
        raise ExtractError(
            f"{file.name}: the file is one JSON array, but JSON Lines has one object a line, without commas between "
            "them. Export it as JSON Lines."
        )
    connection = duckdb.connect()
    keys = _keys(first, connection)
    if not keys:
        raise ExtractError(f"{file.name}: no line of the beginning of the file is a JSON object. Export it again.")
    matching = match_columns(keys, contract, file.name, where="first rows", spellings=True)
    names = {column: matching.names.get(column, (column,)) for column in contract.columns}
    return matching, _tables(chain([first], blocks), connection, _query(names))


def _batches(block: bytes) -> pa.Table:
    table = pa.table({"line": Lines.of(block).to_arrow()})
    return pa.Table.from_batches(table.to_batches(max_chunksize=ROWS_PER_BATCH), table.schema)


def _keys(block: bytes, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The keys of a block's objects, those that most rows have first."""
    connection.register("lines", _batches(block))
    rows = connection.execute(
        f"""
        select key
        from (select unnest(json_keys(line)) as key from lines where {_IS_OBJECT})
        group by key
        order by count(*) desc, key
        """
    ).fetchall()
    return [key for (key,) in rows]


def _query(names: Mapping[str, tuple[str, ...]]) -> str:
    """SQL that reads `lines`: each column under its usual spelling, and where that is null, under the rarer ones."""
    usual = {column: spellings[0] for column, spellings in names.items()}
    structure = ", ".join(f'{json.dumps(name)}: "VARCHAR"' for name in usual.values())
    columns = []
    for column, (name, *rarer) in names.items():
        paths = [_literal(f"$.{json.dumps(other)}") for other in rarer]
        values = [f"object.{_identifier(name)}", *(f"json_extract_string(object_line, {path})" for path in paths)]
        columns.append(f"coalesce({', '.join(values)}) as {column}")
    return f"""
        with objects as (
            select line, case when {_IS_OBJECT} then line end as object_line from lines
        ),
        transformed as (
            select line, object_line, json_transform(object_line, {_literal(f"{{{structure}}}")}) as object from objects
        )
        select {", ".join(columns)},
            case when object_line is null then rtrim(line, chr(10) || chr(13)) end as {UNREADABLE}
        from transformed
    """


def _tables(blocks: Iterator[bytes], connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.Table]:
    for block in blocks:
        connection.register("lines", _batches(block))
        yield connection.sql(query).to_arrow_table()
    connection.close()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
