"""A search that finds a text in any file, and nothing that merely looks like it."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glowhouse.erasure.haystack import Found, Needles, search

NEEDLES = Needles(frozenset({"c4711x", "zoë@example.com"}))


def found_in(path: Path) -> tuple[bool, bool]:
    result = search(path, NEEDLES)
    assert result.bytes_searched >= path.stat().st_size
    return result.byte_hits > 0, result.row_hits > 0


@pytest.mark.parametrize(
    "text",
    [
        "customer c4711x bought", "id,c4711x,7", "zoë@example.com", '{"email": "zo\\u00eb@example.com"}',
        "?who=zo%C3%AB%40example.com&", "c4711x",
    ],
)  # fmt: skip
def test_every_spelling_is_found_in_a_text(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(text)
    assert found_in(tmp_path / "a.log") == (True, False)


@pytest.mark.parametrize("text", ["", "ac4711x", "c4711x0", "zoe@example.com", "C4711X"])
def test_what_looks_like_it_is_not_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.log").write_text(text)
    assert found_in(tmp_path / "a.log") == (False, False)


def test_what_is_compressed_is_looked_into(tmp_path: Path) -> None:
    content = b"c4711x " + b"filling " * 100
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(content))
    with pa.output_stream(str(tmp_path / "a.zst"), compression="zstd") as stream:
        stream.write(content)
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", content)
    for name in ("a.jsonl.gz", "a.zst", "a.npz"):
        assert found_in(tmp_path / name) == (True, False), name


def test_cells_are_looked_into_whatever_their_bytes_are_like(tmp_path: Path) -> None:
    rows = pa.table({"customer_id": [*(f"x{number}" for number in range(9_999)), "c4711x"]})
    pq.write_table(rows, tmp_path / "a.parquet", compression="zstd")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create schema s; create table s.t as select ['c4711x', 'other'] as nested from range(3)")
    assert found_in(tmp_path / "a.parquet")[1]
    assert search(tmp_path / "a.duckdb", NEEDLES).row_hits == 3


def test_bytes_of_somebody_elses_longer_id_are_no_find(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create table t as select 'c4711x' || range as customer_id from range(5)")
    assert b"c4711x" in (tmp_path / "a.duckdb").read_bytes()
    assert search(tmp_path / "a.duckdb", NEEDLES).is_clean


def test_a_deleted_row_is_found_in_the_bytes_that_it_left(tmp_path: Path) -> None:
    """Why a warehouse is written anew instead of deleting from it."""
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute("create table t as select 'c4711x' as customer_id, range from range(1000)")
        connection.execute("checkpoint")
        connection.execute("delete from t where customer_id = 'c4711x'")
    assert found_in(tmp_path / "a.duckdb") == (True, False)


def test_a_text_on_the_border_of_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glowhouse.erasure.haystack.BLOCK_BYTES", 10)
    for before in range(4, 12):
        (tmp_path / "a.log").write_text("." * before + "c4711x" + "." * 20)
        assert found_in(tmp_path / "a.log")[0], before


def test_nobody_is_looked_for_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("anything")
    assert search(tmp_path / "a.log", Needles(frozenset())) == Found()


def test_numbers_are_looked_for_as_words_and_what_is_short_is_not(tmp_path: Path) -> None:
    needles = Needles.of(["s0000", "000417", "00000417", "c4711x", "0049000000101"])
    assert (needles.texts, needles.numbers) == ({"c4711x", "0049000000101"}, {"00000417"})
    # Two orders beside each other make a third one's number in a dictionary, and no cell is it.
    pq.write_table(pa.table({"order_id": ["10000000", "00000417"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"order_id": ["10000004", "17000000"]}), tmp_path / "b.parquet")
    (tmp_path / "c.log").write_text("order 00000417, 100000417, 000004170")
    (tmp_path / "d.log").write_text("order 100000417, 000004170")
    assert [search(path, needles).is_clean for path in sorted(tmp_path.iterdir())] == [False, True, False, True]
