"""Streaming writers whose bytes depend on nothing but the rows: no time stamps, no file names, fixed line ends."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import pandas as pd

# Rows that carry this note are cut off in the middle: unreadable on purpose.
BROKEN = "_broken"
_LINES_AT_ONCE = 10_000


class TableWriter:
    """Appends data frames to one CSV or JSON Lines file; the name's ending chooses, `.gz` compresses.

    Columns that begin with an underscore are not written. JSON leaves out fields without a value; CSV leaves them
    empty. To be used in a `with` statement; every frame must have the columns of the first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_json = ".jsonl" in path.suffixes
        self._files = ExitStack()
        self._file: IO[bytes] | gzip.GzipFile
        self._needs_header = not self._is_json
        self.rows = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._files.enter_context(self._path.open("wb"))
        if self._path.suffix == ".gz":
            # A gzip header holds a name and a time unless told otherwise.
            zipped = gzip.GzipFile("", "wb", 6, file, mtime=0)
            self._files.callback(zipped.close)
            self._file = zipped
        else:
            self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def write(self, frame: pd.DataFrame) -> None:
        """Append all rows of `frame`."""
        columns = [name for name in frame.columns if not name.startswith("_")]
        rows = zip(*(_values(frame[name]) for name in columns), strict=True)
        lines = _json_lines(columns, rows) if self._is_json else _csv_lines(rows)
        if BROKEN in frame.columns:
            lines = (_cut(line) if broken else line for line, broken in zip(lines, frame[BROKEN], strict=True))
        if self._needs_header:
            self._append(_csv_lines([tuple(columns)]))
            self._needs_header = False
        self._append(lines)
        self.rows += len(frame)

    def _append(self, lines: Iterable[str]) -> None:
        buffer: list[str] = []
        for line in lines:
            buffer.append(line)
            if len(buffer) == _LINES_AT_ONCE:
                self._file.write("".join(buffer).encode())
                buffer.clear()
        self._file.write("".join(buffer).encode())


def _values(column: pd.Series) -> list[object]:
    values = column.astype(object)
    return values.where(column.notna(), None).tolist()


def _json_lines(columns: list[str], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in rows:
        yield encode({name: value for name, value in zip(columns, row, strict=True) if value is not None}) + "\n"


def _csv_lines(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    line = io.StringIO()
    write = csv.writer(line, lineterminator="\n").writerow
    for row in rows:
        write(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cut(line: str) -> str:
    """The first third of a line, as a full disk leaves it."""
    return line[: max(len(line) // 3, 5)].rstrip("\n") + "\n"
