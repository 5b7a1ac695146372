"""Extracts in every format, read as one shape: what is in the file, and the rows that come of it."""

import gzip
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glowhouse.extracts import ExtractContract, open_extract
from glowhouse.extracts.csv_rows import _Parser
from glowhouse.extracts.text_blocks import BLOCK_BYTES

CARDS = ExtractContract("pos", "cards", required=("card_number", "customer_id"), optional=("issued_on",))

Row = dict[str, object]


def read(raw: Path, contract: ExtractContract = CARDS) -> list[Row]:
    return open_extract(raw, contract).rows.read_all().to_pylist()  # type: ignore[no-any-return]


def write(raw: Path, name: str, content: bytes | str) -> None:
    path = raw / "pos" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def card(number: int, card_number: object, customer_id: object, issued_on: object = None) -> Row:
    return {
        "card_number": card_number,
        "customer_id": customer_id,
        "issued_on": issued_on,
        "_row_number": number,
        "_unreadable": None,
    }


def unreadable(number: int, text: str) -> Row:
    return {"card_number": None, "customer_id": None, "issued_on": None, "_row_number": number, "_unreadable": text}


CSV = "card_number,customer_id,issued_on\n0012,C1,31.01.2026\n13,C2,\n"
JSONL = """\
{"card_number": "0012", "customer_id": "C1", "issued_on": "31.01.2026"}
{"customer_id": "C2", "card_number": 13}
"""


@pytest.mark.parametrize(
    ("name", "content", "missing"),
    [
        ("cards.csv", CSV.encode(), ""),
        ("cards.csv.gz", gzip.compress(CSV.encode()), ""),
        ("cards.csv", CSV.replace(",", ";").encode(), ""),
        ("cards.csv", CSV.replace(",", "\t").encode(), ""),
        ("cards.csv", b"\xef\xbb\xbf" + CSV.encode(), ""),
        ("cards.csv", CSV.replace("\n", "\r\n").encode(), ""),
        ("cards.csv", CSV.replace("\n", "\n\n").encode(), ""),
        ("cards.csv", CSV.rstrip("\n").encode(), ""),
        ("cards.csv", CSV.replace("card_number", " Card_Number ").replace("customer_id", "CUSTOMER ID").encode(), ""),
        ("cards.jsonl", JSONL.encode(), None),
        ("cards.jsonl.gz", gzip.compress(JSONL.encode()), None),
        ("cards.jsonl", JSONL.replace("\n", "\r\n\r\n").rstrip().encode(), None),
    ],
    ids=[
        "csv", "csv.gz", "semicolons", "tabs", "byte order mark", "carriage returns", "empty lines",
        "no last line feed", "other spelling of the header", "jsonl", "jsonl.gz", "jsonl with empty lines",
    ],
)  # fmt: skip
def test_ids_stay_text_in_every_format(tmp_path: Path, name: str, content: bytes, missing: str | None) -> None:
    write(tmp_path, name, content)
    assert read(tmp_path) == [card(1, "0012", "C1", "31.01.2026"), card(2, "13", "C2", missing)]


def test_a_row_of_another_width_is_kept_as_text(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", "card_number,customer_id\n1,C1\n2\n3,C3,extra\n4,C4\n")
    assert read(tmp_path) == [card(1, "1", "C1"), unreadable(2, "2"), unreadable(3, "3,C3,extra"), card(4, "4", "C4")]


def test_a_file_cut_in_the_middle_keeps_the_rows_before_the_cut(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", 'card_number,customer_id\n1,C1\n2,"C')
    assert read(tmp_path) == [card(1, "1", "C1"), unreadable(2, '2,"C')]


def test_a_quoted_value_may_span_lines(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", 'card_number,customer_id\n1,"C\n\n""1"""\n2,C2\n')
    assert read(tmp_path) == [card(1, "1", 'C\n\n"1"'), card(2, "2", "C2")]


def test_a_quote_that_is_never_closed_costs_one_line_only(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", 'card_number,customer_id\n1,"C1\n2,C2\n3,C3\n')
    assert read(tmp_path) == [unreadable(1, '1,"C1'), card(2, "2", "C2"), card(3, "3", "C3")]


def test_an_inch_mark_is_no_quote(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", 'card_number,customer_id\n1,5" brush\n2,C2\n')
    assert read(tmp_path) == [card(1, "1", '5" brush'), card(2, "2", "C2")]


def test_a_record_may_go_on_in_the_next_block() -> None:
    parser = _Parser(["card_number", "customer_id"], ",")
    rows, unfinished = parser.parse(b'1,C1\n2,"C\n', is_last=False)
    assert rows.column("0").to_pylist() == ["1"]
    rows, unfinished = parser.parse(unfinished + b'2"\n', is_last=False)
    assert (rows.column("1").to_pylist(), unfinished) == (["C\n2"], b"")


@pytest.mark.parametrize(("name", "content"), [
    ("cards.csv", b"card_number,customer_id\nJos\xe9,a\0b\n"),
    ("cards.jsonl", b'{"card_number": "Jos\xe9", "customer_id": "a\0b"}\n'),
])  # fmt: skip
def test_bytes_that_are_no_text_become_escapes(tmp_path: Path, name: str, content: bytes) -> None:
    write(tmp_path, name, content)
    assert read(tmp_path) == [card(1, r"Jos\xe9", r"a\x00b")]


def test_json_values_become_text(tmp_path: Path) -> None:
    row = '{"card_number": 12345678901234567890123, "customer_id": ["a", {"b": 1.5}], "issued_on": true}'
    write(tmp_path, "cards.jsonl", row)
    assert read(tmp_path) == [card(1, "12345678901234567890123", '["a",{"b":1.5}]', "true")]


def test_a_line_that_is_no_json_object_is_kept_as_text(tmp_path: Path) -> None:
    lines = ['{"card_number": "1", "customer_id": "C1"}', '{"card_number": "2", "cus', "[3]", "null", "   "]
    write(tmp_path, "cards.jsonl", "\n".join(lines))
    assert read(tmp_path) == [
        card(1, "1", "C1"),
        unreadable(2, '{"card_number": "2", "cus'),
        unreadable(3, "[3]"),
        unreadable(4, "null"),
        unreadable(5, "   "),
    ]


def test_json_rows_need_not_agree_on_the_spelling_of_a_key(tmp_path: Path) -> None:
    rows = ['{"card_number": 1, "customer_id": "C1"}', '{"card_number": 2, "Customer_ID": "C2"}', '{"card_number": 3}']
    write(tmp_path, "cards.jsonl", "\n".join(rows))
    assert read(tmp_path) == [card(1, "1", "C1"), card(2, "2", "C2"), card(3, "3", None)]


def test_a_key_that_begins_late_in_a_log_is_read_from_there_on(tmp_path: Path) -> None:
    early = '{"card_number": 1, "customer_id": "C1"}\n' * (BLOCK_BYTES // 40 + 2)
    write(tmp_path, "cards.jsonl", early + '{"card_number": 2, "customer_id": "C2", "issued_on": "2026-01-31"}\n')
    rows = open_extract(tmp_path, CARDS).rows.read_all()
    assert rows["issued_on"].drop_null().to_pylist() == ["2026-01-31"]
    assert rows.num_rows == early.count("\n") + 1


def test_parquet_values_become_text(tmp_path: Path) -> None:
    (tmp_path / "pos").mkdir()
    table = pa.table(
        {
            "Card_Number": pa.array([12.0, 13.5, None]),  # numbers with a gap, as pandas writes them
            "customer_id": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
            "issued_on": pa.array([datetime(2026, 1, 31, 9, 30), None, None]),
            "unknown": [1, 2, 3],
        }
    )
    pq.write_table(table, tmp_path / "pos/cards.parquet")
    assert read(tmp_path) == [
        card(1, "12", '["a","b"]', "2026-01-31 09:30:00"),
        card(2, "13.5", "[]"),
        card(3, None, None),
    ]


def test_parquet_bytes_that_are_no_text_become_escapes(tmp_path: Path) -> None:
    (tmp_path / "pos").mkdir()
    table = pa.table(
        {"card_number": pa.array([b"Jos\xe9", b"12"]), "customer_id": pa.array(["C1", "C2"]).dictionary_encode()}
    )
    pq.write_table(table, tmp_path / "pos/cards.parquet")
    assert read(tmp_path) == [card(1, r"Jos\xe9", "C1"), card(2, "12", "C2")]


def test_an_absent_extract_has_the_right_shape_and_no_rows(tmp_path: Path) -> None:
    (tmp_path / "extracts.yml").write_text("absent: [pos.cards]")
    rows = open_extract(tmp_path, CARDS).rows
    assert rows.schema.names == ["card_number", "customer_id", "issued_on", "_row_number", "_unreadable"]
    assert rows.read_all().num_rows == 0


@pytest.mark.parametrize("content", [b"", b"card_number,customer_id\n"])
def test_an_absent_extract_may_have_an_empty_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "extracts.yml").write_text("absent: [pos.cards]")
    write(tmp_path, "cards.csv", content)
    assert read(tmp_path) == []
