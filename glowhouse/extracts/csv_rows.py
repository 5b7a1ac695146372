"""Rows of a CSV file: every line ends in a row, well-formed or not.

A line that is not a record of the header's width becomes an unreadable row with the line's text. A quoted value may
span lines. When a quote is never closed (a file cut or damaged there), the rest of the file must not drown in that
value, so a value ends where the next line is a whole record by itself: then the line with the quote is unreadable.
"""

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from glowhouse.extracts.columns import Matching, match_columns
from glowhouse.extracts.contract import UNREADABLE, ExtractContract
from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.files import ExtractFile
from glowhouse.extracts.lines import Lines
from glowhouse.extracts.text_blocks import text_blocks

DELIMITERS = (",", ";", "\t", "|")
# A value with more lines than this is taken for a quote that was never closed.
MOST_LINES_PER_RECORD = 500


def open_csv(file: ExtractFile, contract: ExtractContract) -> tuple[Matching, Iterator[pa.Table]]:
    """Reads the header; the rows follow when they are asked for.

    Returns:
        Which columns the file has, and tables with those of the contract (text) and `_unreadable`.

    Raises:
        ExtractError: if the file is empty or its header lacks a required column.
    """
    blocks = text_blocks(file)
    header, rest = _first_record(next(blocks, b""))
    if not header.strip():
        raise ExtractError(f"{file.name}: the file is empty: it has no header and no rows. Export it again.")
    try:
        delimiter, names = _read_header(header, contract)
    except csv.Error as error:
        raise ExtractError(
            f"{file.name}: the first line is no CSV header; do lines end in carriage returns alone? "
            "Export it with line feeds."
        ) from error
    matching = match_columns(names, contract, file.name)
    parser = _Parser(names, delimiter)
    keep = [(column, names.index(spellings[0])) for column, spellings in matching.names.items()]
    return matching, _tables(rest, blocks, parser, keep)


def _tables(
    first: bytes, blocks: Iterator[bytes], parser: "_Parser", keep: Sequence[tuple[str, int]]
) -> Iterator[pa.Table]:
    unfinished = first
    for block in blocks:
        table, unfinished = parser.parse(unfinished + block, is_last=False)
        yield _keep(table, keep)
    table, _ = parser.parse(unfinished, is_last=True)
    yield _keep(table, keep)


def _keep(table: pa.Table, keep: Sequence[tuple[str, int]]) -> pa.Table:
    columns = {column: table.column(position) for column, position in keep}
    return pa.table(columns | {UNREADABLE: table.column(table.num_columns - 1)})


def _first_record(block: bytes) -> tuple[bytes, bytes]:
    """Splits off the first line that is not empty."""
    header, _, rest = block.lstrip(b"\r\n").partition(b"\n")
    return header, rest


def _read_header(header: bytes, contract: ExtractContract) -> tuple[str, list[str]]:
    """Finds the delimiter under which the header has the most columns of the contract."""

    def names(delimiter: str) -> list[str]:
        return next(csv.reader([header.decode().rstrip("\r")], delimiter=delimiter))

    def known(delimiter: str) -> int:
        return len({name.strip().lower() for name in names(delimiter)} & set(contract.columns))

    delimiter = max(DELIMITERS, key=known)
    return delimiter, names(delimiter)


class _Parser:
    """Turns blocks of lines into tables: one text column a header column, by position, and `_unreadable` last."""

    def __init__(self, names: Sequence[str], delimiter: str) -> None:
        self.width = len(names)
        self.delimiter = delimiter
        self.columns = [str(position) for position in range(self.width)]
        self.nothing: list[str | None] = [None] * self.width

    def parse(self, block: bytes, is_last: bool) -> tuple[pa.Table, bytes]:
        """Reads a block; returns its rows, and the bytes of a record that goes on in the next block."""
        lines = Lines.of(block)
        has_lone_return = block.count(b"\r") != block.count(b"\r\n")
        if not has_lone_return and not np.any(lines.count('"') % 2):
            table = self._parse_lines_at_once(lines)
            if table is not None:
                return table, b""
        return self._parse_line_by_line(block, is_last)

    def _parse_lines_at_once(self, lines: Lines) -> pa.Table | None:
        """Reads a block in which each line is a record; nothing if that turns out to be wrong."""
        unreadable: dict[int, str] = {}

        def note(row: pacsv.InvalidRow) -> str:
            unreadable[row.number - 1] = row.text
            return "skip"

        if not len(lines):
            return self._table([[] for _ in self.columns], [])
        try:
            read = pacsv.read_csv(
                io.BytesIO(lines.block),
                # One thread, because otherwise rows have no number; one block, because quotes were looked at per line.
                pacsv.ReadOptions(use_threads=False, block_size=len(lines.block) + 1, column_names=self.columns),
                pacsv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=note),
                pacsv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()),
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:  # nothing but invalid rows
            return None
        if read.num_rows + len(unreadable) != len(lines):
            return None
        if not unreadable:
            return read.append_column(UNREADABLE, pa.nulls(read.num_rows, pa.string()))
        is_read = np.ones(len(lines), dtype=bool)
        is_read[list(unreadable)] = False
        positions = pa.array(np.cumsum(is_read) - 1, mask=~is_read)
        texts = pa.array([unreadable.get(position) for position in range(len(lines))], pa.string())
        return read.take(positions).append_column(UNREADABLE, texts)

    def _parse_line_by_line(self, block: bytes, is_last: bool) -> tuple[pa.Table, bytes]:
        texts = [f"{line}\n" for line in block.decode().split("\n")[:-1]]
        columns: list[list[str | None]] = [[] for _ in self.columns]
        unreadable: list[str | None] = []
        position = 0
        while position < len(texts):
            if not texts[position].strip("\r\n"):
                position += 1
                continue
            end, values = self._record(texts, position)
            if end > len(texts):
                if not is_last:
                    return self._table(columns, unreadable), "".join(texts[position:]).encode()
                end, values = position + 1, None
            for column, value in zip(columns, values or self.nothing, strict=True):
                column.append(value)
            unreadable.append(None if values else texts[position].rstrip("\r\n"))
            position = end
        return self._table(columns, unreadable), b""

    def _record(self, texts: Sequence[str], start: int) -> tuple[int, list[str] | None]:
        """Reads the record that starts at a line.

        Returns:
            Where the next record starts, and the values, or nothing if the line is unreadable. A start beyond the last
            line says that the record is unfinished.
        """
        text = ""
        quotes = 0
        for end in range(start + 1, min(len(texts), start + MOST_LINES_PER_RECORD) + 1):
            text += texts[end - 1]
            quotes += texts[end - 1].count('"')
            is_closed = quotes % 2 == 0
            # An odd quote may be an inch mark, so a first line is tried in any case.
            if (is_closed or end == start + 1) and (values := self._values(text, strict=not is_closed)):
                return end, values
            if is_closed or (end < len(texts) and self._is_whole_record(texts[end])):
                return start + 1, None
        return (start + 1 if len(texts) - start >= MOST_LINES_PER_RECORD else len(texts) + 1), None

    def _is_whole_record(self, line: str) -> bool:
        return line.count('"') % 2 == 0 and self._values(line, strict=False) is not None

    def _values(self, text: str, strict: bool) -> list[str] | None:
        """The values of a text that is exactly one record of the right width; `strict` minds an open quote."""
        try:
            records = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=strict))
        except csv.Error:
            return None
        return records[0] if len(records) == 1 and len(records[0]) == self.width else None

    def _table(self, columns: Sequence[Sequence[str | None]], unreadable: Sequence[str | None]) -> pa.Table:
        arrays = [pa.array(values, pa.string()) for values in (*columns, unreadable)]
        return pa.Table.from_arrays(arrays, names=[*self.columns, UNREADABLE])
