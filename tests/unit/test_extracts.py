"""What stops a build, and the words in which it does."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from glowhouse.extracts import ExtractContract, ExtractError, check_extracts, load_contracts, open_extract

CARDS = ExtractContract("pos", "cards", required=("card_number", "customer_id"), optional=("issued_on",))

GOOD = "card_number,customer_id\n1,C1\n"
SOURCES = Path(__file__).parents[2] / "dbt_project/models/staging"


def write(raw: Path, name: str, content: bytes | str) -> None:
    path = raw / "pos" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def message(raw: Path) -> str:
    with pytest.raises(ExtractError) as caught:
        open_extract(raw, CARDS)
    return str(caught.value).replace(str(raw), "RAW")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (
            "cards.csv",
            "card_number,custmer_id\n1,C1\n",
            "pos/cards.csv: required column 'customer_id' missing from the header. "
            "'custmer_id' looks like 'customer_id'. Found 'card_number', 'custmer_id'; "
            "expected at least 'card_number', 'customer_id'. "
            "Rename or add what is missing and export again (docs/input_contract.md).",
        ),
        (
            "cards.jsonl",
            '{"issued_on": "31.01.2026"}',
            "pos/cards.jsonl: required columns 'card_number', 'customer_id' missing from the first rows. "
            "Found 'issued_on'; expected at least 'card_number', 'customer_id'. "
            "Rename or add what is missing and export again (docs/input_contract.md).",
        ),
        (
            "cards.csv",
            "card_number,customer_id,Customer_ID\n1,C1,C1\n",
            "pos/cards.csv: column 'customer_id' occurs 2 times in the header (as 'customer_id', 'Customer_ID'), "
            "so it is unclear which one counts. Export it once.",
        ),
        (
            "cards.csv",
            "card_number,customer_id\n",
            "pos/cards.csv: the extract has columns but no rows. Export it again; if the shop has no such data, "
            "say so in 'RAW/extracts.yml': absent: [pos.cards].",
        ),
        ("cards.csv", "", "pos/cards.csv: the file is empty: it has no header and no rows. Export it again."),
        ("cards.jsonl", "\n", "pos/cards.jsonl: the file is empty: it has no rows. Export it again."),
        (
            "cards.jsonl",
            '[{"card_number": 1}]',
            "pos/cards.jsonl: the file is one JSON array, but JSON Lines has one object a line, without commas between "
            "them. Export it as JSON Lines.",
        ),
        (
            "cards.jsonl",
            "card_number,customer_id\n1,C1\n",
            "pos/cards.jsonl: no line of the beginning of the file is a JSON object. Export it again.",
        ),
        ("cards.csv", GOOD.encode("utf-16"), "pos/cards.csv: the file is UTF-16; export it as UTF-8."),
        (
            "cards.csv",
            gzip.compress(GOOD.encode()),
            "pos/cards.csv: the file is compressed; give its name the ending '.gz'.",
        ),
        (
            "cards.csv",
            b"PK\x03\x04....",
            "pos/cards.csv: the file is a spreadsheet or zip archive; export it as CSV.",
        ),
        (
            "cards.csv",
            "card_number\rcustomer_id\r1\rC1\r",
            "pos/cards.csv: the first line is no CSV header; do lines end in carriage returns alone? "
            "Export it with line feeds.",
        ),
        (
            "cards.csv.gz",
            gzip.compress(GOOD.encode())[:-9],
            "pos/cards.csv.gz: the gzip file is damaged or cut short (Compressed file ended before the end-of-stream "
            "marker was reached). Export or copy it again.",
        ),
        (
            "cards.csv.gz",
            GOOD,
            "pos/cards.csv.gz: the gzip file is damaged or cut short (Not a gzipped file (b'ca')). "
            "Export or copy it again.",
        ),
        (
            "cards.json",
            GOOD,
            "pos/cards: the extract is missing from 'RAW'. Expected 'pos/cards' with one of the endings .csv, .csv.gz, "
            ".jsonl, .jsonl.gz, .parquet. Found 'pos/cards.json': is that it under another name? "
            "If the shop has no such data, say so in 'RAW/extracts.yml': absent: [pos.cards].",
        ),
    ],
    ids=[
        "misspelt column", "columns no row has", "repeated column", "no rows", "empty csv", "empty jsonl", "json array",
        "csv named jsonl", "utf-16", "gzip named csv", "spreadsheet", "old mac line ends", "cut gzip", "csv named gzip",
        "other file name",
    ],
)  # fmt: skip
def test_messages_name_the_file_what_was_expected_and_what_to_do(
    tmp_path: Path, name: str, content: bytes | str, expected: str
) -> None:
    write(tmp_path, name, content)
    assert message(tmp_path) == expected


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="Point GLOWHOUSE_RAW to the folder that holds your extracts"):
        open_extract(tmp_path / "nowhere", CARDS)


def test_two_files_for_one_extract_are_both_named(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", GOOD)
    write(tmp_path, "cards.jsonl", "{}")
    assert message(tmp_path) == (
        "pos/cards has 2 files in 'RAW': 'pos/cards.csv', 'pos/cards.jsonl'. "
        "One extract is one file; remove the one that is out of date."
    )


def parquet(raw: Path, table: pa.Table) -> Path:
    (raw / "pos").mkdir()
    pq.write_table(table, raw / "pos/cards.parquet")
    return raw / "pos/cards.parquet"


def test_parquet_without_rows_is_an_error(tmp_path: Path) -> None:
    parquet(tmp_path, pa.table({"card_number": pa.array([], pa.string()), "customer_id": pa.array([], pa.string())}))
    assert message(tmp_path).startswith("pos/cards.parquet: the extract has columns but no rows.")


def test_parquet_without_a_required_column_is_an_error(tmp_path: Path) -> None:
    parquet(tmp_path, pa.table({"card_number": ["1"]}))
    assert message(tmp_path).startswith("pos/cards.parquet: required column 'customer_id' missing from the schema.")


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:100] + bytes(400) + data[500:]])
def test_damaged_parquet_is_found_before_the_first_row_is_read(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    ids = [f"C{number}" for number in range(2000)]
    path = parquet(tmp_path, pa.table({"card_number": ids, "customer_id": ids}))
    path.write_bytes(damage(path.read_bytes()))
    assert re.match(
        r"pos/cards\.parquet: not a readable Parquet file \(.+\)\. Export or copy it again\.", message(tmp_path)
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("missing: [pos.cards]", "; found 'missing'."),
        ("- pos.cards", "; found a list."),
        ("absent: pos.cards", "; 'absent' is a str, not a list."),
        ("absent: [cards]", "; found 'cards' in the list."),
        ("absent: [", ", but the file is not YAML: while parsing a flow node"),
    ],
)
def test_a_malformed_list_of_absent_extracts_is_an_error(tmp_path: Path, content: str, expected: str) -> None:
    (tmp_path / "extracts.yml").write_text(content)
    assert message(tmp_path).startswith(
        "extracts.yml: expected one key 'absent' with a list of extracts, for example 'absent: [pos.sales]'" + expected
    )


def test_a_column_that_is_nearly_right_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", "card_number,customer_id,isued_on,colour\n1,C1,31.01.2026,red\n")
    assert open_extract(tmp_path, CARDS).warnings == (
        "pos/cards.csv: column 'isued_on' is not in the contract and is not loaded; is it 'issued_on'?",
    )


def test_the_check_lists_everything_at_once(tmp_path: Path) -> None:
    stores = ExtractContract("pos", "stores", required=("store",))
    (tmp_path / "extracts.yml").write_text("absent: [pos.store]")
    write(tmp_path, "cards.csv", "card_number,customer_id\n1,C1\n2\n3\n")

    problems = check_extracts(tmp_path, [CARDS, stores])

    assert [(problem.severity, problem.extract, str(problem).split(". ")[0]) for problem in problems] == [
        ("error", "pos.store", "extracts.yml: there is no extract 'pos.store'; is it 'pos.stores'?"),
        ("warning", "pos.cards", "pos.cards: 2 of 3 rows cannot be read, the first one is: 2"),
        ("error", "pos.stores", f"pos/stores: the extract is missing from '{tmp_path}'"),
    ]


def test_a_shop_without_problems_has_none(tmp_path: Path) -> None:
    write(tmp_path, "cards.csv", GOOD)
    assert check_extracts(tmp_path, [CARDS]) == []


def test_the_contracts_are_those_of_the_dbt_sources() -> None:
    contracts = {contract.name: contract for contract in load_contracts(SOURCES)}
    assert sorted(contracts) == [
        "app.events", "app.landed_events", "catalog.products", "crm.customers", "pos.loyalty_cards", "pos.sales",
        "webshop.order_lines", "webshop.orders",
    ]  # fmt: skip
    assert contracts["pos.loyalty_cards"].required == ("card_number", "customer_id", "extracted_at")
    assert contracts["pos.loyalty_cards"].optional == ("issued_on",)


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*/*__sources.yml")), ids=lambda path: path.parent.name)
def test_the_sources_describe_every_column_of_their_contract(path: Path) -> None:
    for source in yaml.safe_load(path.read_text())["sources"]:
        for table in source["tables"]:
            contract = ExtractContract.from_meta(table["identifier"], table["config"]["meta"])
            described = {column["name"]: column["description"] for column in table["columns"]}
            assert sorted(described) == sorted([*contract.columns, "_row_number", "_unreadable"])
            required = {name for name, description in described.items() if description.startswith("Required.")}
            assert required == set(contract.required)


def test_contracts_are_looked_for_in_the_repository(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="run this from the root of the repository"):
        load_contracts(tmp_path)


@pytest.mark.parametrize(
    ("identifier", "meta", "expected"),
    [
        ("cards", {}, "must have an identifier like 'crm__customers'"),
        ("pos__cards", {}, "pos.cards declares no contract"),
        ("pos__cards", {"extract": {"required": []}}, "accepts anything"),
        ("pos__cards", {"extract": {"required": ["a"], "optional": "b"}}, "'optional' must be a list"),
        ("pos__cards", {"extract": {"required": ["a"], "optional": ["a"]}}, "listed twice"),
    ],
)
def test_a_malformed_contract_is_an_error(identifier: str, meta: dict[str, object], expected: str) -> None:
    with pytest.raises(ExtractError, match=expected):
        ExtractContract.from_meta(identifier, meta)
