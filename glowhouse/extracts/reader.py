"""Reads an extract, in whatever format it came, as one shape: text columns, a row number, and no row lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

from glowhouse.extracts.columns import Matching
from glowhouse.extracts.contract import ROW_NUMBER, UNREADABLE, ExtractContract
from glowhouse.extracts.csv_rows import open_csv
from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.files import ABSENT_LIST, ExtractFile, absent_extracts, find_file, find_landed
from glowhouse.extracts.json_rows import open_jsonl
from glowhouse.extracts.parquet_rows import open_parquet, verify_parquet
from glowhouse.extracts.text_blocks import verify_compression

_OPEN = {"csv": open_csv, "jsonl": open_jsonl, "parquet": open_parquet}


@dataclass(frozen=True)
class OpenExtract:
    """An extract whose file and columns were found to be right; its rows have yet to be read.

    Attributes:
        rows: a stream with the contract's columns as text (absent ones null), `_row_number` (1, 2, …, the position in
            the extract) and `_unreadable` (null, or the text of a row that could not be parsed and has no values).
        warnings: what is suspicious, though no reason to stop.
    """

    rows: pa.RecordBatchReader
    warnings: tuple[str, ...] = ()


def open_extract(raw: Path, contract: ExtractContract, landing: Path | None = None) -> OpenExtract:
    """Finds, checks and opens an extract.

    Whatever can be wrong with the file as a whole is found here, before the first row is handed out: a consumer that
    streams the rows into a table meets no error midway.

    Args:
        raw: the folder with a folder for each system.
        contract: which extract, and the columns it must and may have.
        landing: the landing zone, for the extract that lies there; it need not exist, and the extract then has no rows.

    Raises:
        ExtractError: if the extract is missing, ambiguous, damaged, without rows, or lacks a required column. An
            extract that `extracts.yml` lists as absent may be missing or without rows.
    """
    file = find_landed(landing) if contract.is_landed else find_file(raw, contract)
    if file is None:
        return OpenExtract(_stream(contract, iter(())))
    try:
        matching, tables = _open(file, contract)
    except ExtractError:
        if contract.name in absent_extracts(raw) and file.path.stat().st_size == 0:
            return OpenExtract(_stream(contract, iter(())))
        raise
    first = next((table for table in tables if table.num_rows), None)
    if first is None:
        if contract.name in absent_extracts(raw):
            return OpenExtract(_stream(contract, iter(())))
        raise ExtractError(
            f"{file.name}: the extract has columns but no rows. Export it again; if the shop has no such data, "
            f"say so in '{raw / ABSENT_LIST}': absent: [{contract.name}]."
        )
    return OpenExtract(_stream(contract, chain([first], tables)), matching.warnings)


def _open(file: ExtractFile, contract: ExtractContract) -> tuple[Matching, Iterator[pa.Table]]:
    opened = _OPEN[file.format](file, contract)
    if file.format == "parquet":
        verify_parquet(file)
    else:
        verify_compression(file)
    return opened


def _stream(contract: ExtractContract, tables: Iterator[pa.Table]) -> pa.RecordBatchReader:
    schema = pa.schema(
        [(column, pa.string()) for column in contract.columns] + [(ROW_NUMBER, pa.int64()), (UNREADABLE, pa.string())]
    )
    return pa.RecordBatchReader.from_batches(schema, _batches(schema, tables))


def _batches(schema: pa.Schema, tables: Iterator[pa.Table]) -> Iterator[pa.RecordBatch]:
    rows = 0
    for table in tables:
        numbers = pa.array(np.arange(rows + 1, rows + table.num_rows + 1, dtype=np.int64))
        rows += table.num_rows
        columns = {name: table.column(name) for name in table.column_names} | {ROW_NUMBER: numbers}
        absent = pa.nulls(table.num_rows, pa.string())
        complete = [columns.get(field.name, absent) for field in schema]
        yield from pa.Table.from_arrays(complete, schema=schema).to_batches()
