"""Whatever happens to a file's bytes, every line comes out as a row, and nothing but the named error is raised."""

import gzip
import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from glowhouse.extracts import ExtractContract, ExtractError, open_extract

EVENTS = ExtractContract("app", "events", required=("event_id", "query"), optional=("rating",))

HEADER = b"event_id,query,rating\n"
CSV = [
    b"1,serum,4.5\n",
    b'2,"no parabens, please",\n',
    b'3,"she said ""hm""",1\n',
    b"4,Cr\xc3\xa8me,\n",
    b"5,retinol,5\r\n",
]
JSONL = [
    json.dumps({"event_id": number, "query": query, "rating": 4.5}).encode() + b"\n"
    for number, query in enumerate(["serum", 'a "b"', "Crème", "c\\d", "retinol"])
]

flips = st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=12)


def flipped(content: bytes, flips: list[tuple[int, int]]) -> bytes:
    damaged = bytearray(content)
    for position, mask in flips:
        damaged[position % len(damaged)] ^= mask
    return bytes(damaged)


def rows_of(name: str, content: bytes) -> list[dict[str, str | None]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app").mkdir()
        (Path(folder) / "app" / name).write_bytes(content)
        return open_extract(Path(folder), EVENTS).rows.read_all().to_pylist()  # type: ignore[no-any-return]


def lines_of(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\n") if line.strip(b"\r\n")]


def content_of(text: str) -> str:
    """What a text says, without the characters that only separate values and lines."""
    return "".join(character for character in text if character not in '",\r\n')


@settings(max_examples=150, deadline=None)
@given(flips=flips, cut=st.integers(0, 60))
def test_no_character_of_a_damaged_csv_is_lost(flips: list[tuple[int, int]], cut: int) -> None:
    body = flipped(b"".join(CSV * 3), flips)
    body = body[: len(body) - cut]

    rows = rows_of("events.csv", HEADER + body)

    texts = [row[name] or "" for row in rows for name in ("event_id", "query", "rating", "_unreadable")]
    assert content_of("".join(texts)) == content_of(body.decode(errors="backslashreplace").replace("\0", "\\x00"))
    # A quoted value that spans lines makes one row of several lines.
    assert len(rows) + "".join(texts).count("\n") >= len(lines_of(body))
    assert [row["_row_number"] for row in rows] == list(range(1, len(rows) + 1))


@settings(max_examples=60, deadline=None)
@given(flips=flips, cut=st.integers(0, 60))
def test_every_line_of_damaged_json_is_a_row(flips: list[tuple[int, int]], cut: int) -> None:
    body = flipped(b"".join(JSONL * 3), flips)
    body = JSONL[0] + body[: len(body) - cut]
    rows = rows_of("events.jsonl", body)
    assert len(rows) == len(lines_of(body))
    assert [row["_row_number"] for row in rows] == list(range(1, len(rows) + 1))


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["events.csv", "events.jsonl", "events.csv.gz", "events.jsonl.gz", "events.parquet"]),
    content=st.binary(max_size=200),
    compressed=st.booleans(),
)
def test_any_bytes_are_rows_or_the_named_error(name: str, content: bytes, compressed: bool) -> None:
    try:
        rows = rows_of(name, gzip.compress(content) if compressed else content)
    except ExtractError as error:
        assert name in str(error)
    else:
        assert rows
