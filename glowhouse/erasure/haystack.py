"""Looks for texts in files of any kind: in their bytes, in what is compressed in them, and in every cell of a table."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from glowhouse.database_file import quoted

BLOCK_BYTES: Final = 4 << 20
#: What is shorter occurs by chance: of any characters; of digits alone, in any bytes, and as a word.
LEAST_CHARACTERS: Final = 6
LEAST_DIGITS: Final = 12
LEAST_NUMBER: Final = 7
_ZIPS: Final = (".npz", ".zip")
_TABLES: Final = (".parquet", ".duckdb")
_WORD: Final = "0-9A-Za-z"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Needles:
    """Texts, each in every spelling in which files write it: as it is, escaped in JSON, escaped in an address.

    Attributes:
        texts: peculiar enough to be looked for in any bytes.
        numbers: digits alone, which numbers that adjoin make by chance: looked for as words of texts and cells.
    """

    texts: frozenset[str] = field(repr=False)
    numbers: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, texts: Iterable[str]) -> Needles:
        """Those of the texts that can be looked for at all: shorter ones occur everywhere."""
        every = frozenset(texts)
        long = frozenset(
            text for text in every if len(text) >= (LEAST_DIGITS if text.isdecimal() else LEAST_CHARACTERS)
        )
        return cls(long, frozenset(text for text in every - long if text.isdecimal() and len(text) >= LEAST_NUMBER))

    def __len__(self) -> int:
        return len(self.texts) + len(self.numbers)

    @cached_property
    def spellings(self) -> tuple[bytes, ...]:
        """Of the texts, as bytes, the longest first."""
        found = {
            spelling.encode()
            for text in self.texts
            for spelling in (text, json.dumps(text)[1:-1], quote(text, safe=""))
        }
        return tuple(sorted(found, key=lambda spelling: (-len(spelling), spelling)))

    @cached_property
    def anywhere(self) -> str | None:
        """A pattern of bytes (as Latin-1) that is any of the texts; None if there are none."""
        return "|".join(map(_escaped, self.spellings)) or None

    @cached_property
    def as_words(self) -> str:
        """A pattern of bytes for texts, in which chance is frequent: no letter or digit adjoins."""
        words = "|".join(map(_escaped, (*self.spellings, *(number.encode() for number in self.numbers))))
        return f"(?:^|[^{_WORD}])(?:{words})(?:$|[^{_WORD}])"

    @cached_property
    def in_cells(self) -> str:
        """The same for cells of tables."""
        words = "|".join(filter(None, (self._texts, *sorted(self.numbers))))
        return f"(?:^|[^{_WORD}])(?:{words})(?:$|[^{_WORD}])"

    @cached_property
    def in_longer_words(self) -> str:
        """A pattern of the words of cells that hold one of the texts."""
        return f"[{_WORD}]*(?:{self._texts})[{_WORD}]*"

    @property
    def _texts(self) -> str:
        return "|".join(re.escape(spelling.decode()).replace("\\ ", " ") for spelling in self.spellings)


@dataclass(frozen=True)
class Found:
    """What a search of one file came to.

    Attributes:
        bytes_searched: as they lie on disk, and as they are when decompressed.
        rows: of tables.
        byte_hits: places in the bytes.
        row_hits: rows that hold one of the texts.
    """

    bytes_searched: int = 0
    rows: int = 0
    byte_hits: int = 0
    row_hits: int = 0

    def __add__(self, other: Found) -> Found:
        return Found(*(one + another for one, another in zip(self.counts, other.counts, strict=True)))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """All of them."""
        return self.bytes_searched, self.rows, self.byte_hits, self.row_hits

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return self.byte_hits == self.row_hits == 0


def search(path: Path, needles: Needles) -> Found:
    """Look through a file.

    Raises:
        OSError, duckdb.Error, ValueError: it cannot be read.
    """
    if not needles:
        return Found()
    found = _in_bytes(path, needles)
    if path.suffix not in _TABLES:
        return found
    with _opened(path) as (connection, tables):
        if found.byte_hits:
            found = _in_bytes(path, needles, _longer_words(connection, tables, needles))
        for table in tables:
            found += _in_cells(connection, table, needles)
    return found


def is_in_file(path: Path, needles: Needles) -> bool:
    """Whether a file holds any of the texts."""
    return not search(path, needles).is_clean


def _contents(path: Path) -> Iterator[Iterator[bytes]]:
    """The bytes of a file as blocks, and those of what is compressed in it."""
    with path.open("rb") as file:
        yield _blocks(file)
    if path.suffix == ".gz":
        with gzip.open(path, "rb") as unzipped:
            yield _blocks(unzipped)
    elif path.suffix == ".zst":
        with pa.input_stream(str(path), compression="zstd") as stream:
            yield _blocks(stream)
    elif path.suffix in _ZIPS:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    yield _blocks(member)


def _blocks(stream: _Readable) -> Iterator[bytes]:
    while block := stream.read(BLOCK_BYTES):
        yield block


def _in_bytes(path: Path, needles: Needles, longer: Sequence[bytes] = ()) -> Found:
    overlap = max(map(len, (*needles.spellings, *needles.numbers))) + 2
    hits = size = 0
    for blocks in _contents(path):
        rest = b""
        for block in blocks:
            size += len(block)
            whole = rest + block
            hits += _is_in(whole, needles) and _is_in(_without(whole, longer), needles)
            rest = whole[-overlap:]
    return Found(bytes_searched=size, byte_hits=hits)


def _is_in(block: bytes, needles: Needles) -> bool:
    # In a database texts adjoin each other; in a text letters and digits around make it another word.
    pattern = needles.anywhere if b"\0" in block else needles.as_words
    return pattern is not None and bool(pc.match_substring_regex(pa.array([block], pa.binary()), pattern)[0].as_py())


def _without(block: bytes, longer: Sequence[bytes]) -> bytes:
    for word in longer:
        block = block.replace(word, b"\0")
    return block


@contextmanager
def _opened(path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[str]]]:
    """A connection, and what it calls the tables of the file."""
    place = quoted(path)
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            yield connection, [f"read_parquet('{place}')"]
            return
        connection.execute(f"attach '{place}' as haystack (read_only)")
        names = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'haystack'"
        ).fetchall()
        yield connection, [f'haystack."{schema}"."{name}"' for schema, name in names]


def _in_cells(connection: duckdb.DuckDBPyConnection, table: str, needles: Needles) -> Found:
    query = f"select count(*), count(*) filter (regexp_matches(cast(cells as varchar), ?)) from {table} as cells"
    ((rows, hits),) = connection.execute(query, [needles.in_cells]).fetchall()
    return Found(rows=rows, row_hits=hits)


def _longer_words(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], needles: Needles) -> list[bytes]:
    """The words of cells of which a needle is a part (`s12` of `s123`): somebody else's, and no find."""
    found: set[str] = set()
    for table in tables:
        query = f"select distinct unnest(regexp_extract_all(cast(cells as varchar), ?)) from {table} as cells"
        found.update(word for (word,) in connection.execute(query, [needles.in_longer_words]).fetchall())
    others = {word.encode() for word in found}.difference(needles.spellings)
    return sorted(others, key=lambda word: (-len(word), word))


def _escaped(spelling: bytes) -> str:
    """For RE2, which takes bytes as Latin-1."""
    return "".join(f"\\x{byte:02x}" if not chr(byte).isalnum() or byte > 127 else chr(byte) for byte in spelling)
