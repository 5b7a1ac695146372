"""Rows of a Parquet file: every value as text, nested values as JSON text."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from glowhouse.extracts.columns import Matching, match_columns
from glowhouse.extracts.contract import UNREADABLE, ExtractContract
from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.files import ExtractFile

ROWS_PER_BATCH = 65_536
# Beyond this, doubles no longer hold every whole number.
LARGEST_EXACT_DOUBLE = 2**53


def open_parquet(file: ExtractFile, contract: ExtractContract) -> tuple[Matching, Iterator[pa.Table]]:
    """Reads the schema; the rows follow when they are asked for.

    Returns:
        Which columns the file has, and tables with those of the contract (text) and `_unreadable` (null: a Parquet
        file is readable as a whole or not at all).

    Raises:
        ExtractError: if the file is damaged, or lacks a required column.
    """
    with _naming_damage(file):
        schema = pq.read_schema(file.path)
    matching = match_columns(schema.names, contract, file.name, where="schema")
    return matching, _tables(file, matching)


def verify_parquet(file: ExtractFile) -> None:
    """Decodes the whole file, so that damage is found before the first row is used.

    Raises:
        ExtractError: if it is damaged.
    """
    with _naming_damage(file), pq.ParquetFile(file.path) as parquet:
        for batch in parquet.iter_batches(ROWS_PER_BATCH):
            for column in batch.columns:
                if pa.types.is_nested(column.type):
                    column.validate(full=True)


@contextmanager
def _naming_damage(file: ExtractFile) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ExtractError(f"{file.name}: not a readable Parquet file ({reason}). Export or copy it again.") from error


def _tables(file: ExtractFile, matching: Matching) -> Iterator[pa.Table]:
    names = {column: spellings[0] for column, spellings in matching.names.items()}
    with pq.ParquetFile(file.path) as parquet, duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for batch in parquet.iter_batches(ROWS_PER_BATCH, columns=list(names.values())):
            values = {column: _as_text(batch.column(name), connection) for column, name in names.items()}
            yield pa.table(values | {UNREADABLE: pa.nulls(batch.num_rows, pa.string())})


def _as_text(values: pa.Array, connection: duckdb.DuckDBPyConnection) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if _is_text(values.type) or _is_bytes(values.type):
        return _as_valid_text(values)
    connection.register("read", pa.table({"value": values}))
    return connection.sql(f"select {_expression(values.type)} as value from read").to_arrow_table().column("value")


def _as_valid_text(values: pa.Array) -> pa.Array:
    r"""Gives text, and bytes that are meant as text, as valid UTF-8; other bytes become escapes (`\xe9`)."""
    data = values.cast(pa.binary())
    try:
        return data.cast(pa.string())
    except pa.ArrowInvalid:
        texts = [None if value is None else value.decode(errors="backslashreplace") for value in data.to_pylist()]
        return pa.array(texts, pa.string())


def _expression(kind: pa.DataType) -> str:
    """SQL that writes `value` as text."""
    if pa.types.is_nested(kind):
        return "cast(to_json(value) as varchar)"
    if pa.types.is_floating(kind):
        # What was written as a number with gaps often lost its type: customer 17 is not "17.0", and a gap not "nan".
        return (
            "case when isnan(value) then null"
            f" when value = trunc(value) and abs(value) < {LARGEST_EXACT_DOUBLE}"
            " then cast(cast(value as bigint) as varchar)"
            " else cast(value as varchar) end"
        )
    return "cast(value as varchar)"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
