"""Amazon Beauty becomes a shop: ids as text, days as days, the row order as the only order inside a day."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from glowhouse.extracts import check_extracts, load_contracts
from glowhouse.ingest.amazon_beauty import read_amazon_beauty
from glowhouse.ingest.extract_writer import EMPTY_EXTRACTS, check_target, write_shop
from glowhouse.ingest.files import IngestError

STAGING = Path(__file__).resolve().parents[2] / "dbt_project/models/staging"
DAY = 86_400
MONDAY, TUESDAY, FRIDAY = 15_000 * DAY, 15_001 * DAY, 15_004 * DAY  # 2011-01-26, -27 and -30


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two customers, three products; customer 2 bought two of them on one day, in descending id order."""
    folder = tmp_path / "source"
    (folder / "derived").mkdir(parents=True)
    (folder / "Beauty.txt").write_text("1 1 2\n2 3 2 1\n")
    times = f"1 {MONDAY} {FRIDAY}\n2 {MONDAY} {TUESDAY} {TUESDAY}\n"
    (folder / "Beauty_time_org_rank.txt.gz").write_bytes(gzip.compress(times.encode()))
    (folder / "derived/items.csv").write_text(
        "item_id,asin,title,brand,category_path,rare_categories\n"
        '1,0123456789,"Dew, 50 ml",L&#39;Eau,Skin Care|Face,\n'
        "2,B000000002,,Unknown,Hair Care|Styling|Hair Sprays,\n"
        "3,B000000003,Cr&egrave;me,Alba,Makeup,\n"
    )
    (folder / "derived/ratings_last20pct.csv").write_text(f"user_id,item_id,rating,timestamp\n2,2,4,{TUESDAY}\n")
    interactions = f"1,1,1,{MONDAY}\n1,2,2,{FRIDAY}\n2,3,1,{MONDAY}\n2,2,2,{TUESDAY}\n2,1,3,{TUESDAY}\n"
    (folder / "derived/interactions.csv.gz").write_bytes(
        gzip.compress(f"user_id,item_id,position,timestamp\n{interactions}".encode())
    )
    return folder


def rows(source: Path, extract_name: str) -> list[dict[str, str | None]]:
    (extract,) = [extract for extract in read_amazon_beauty(source).extracts if extract.name == extract_name]
    return [dict(zip(extract.columns, values, strict=True)) for values in zip(*extract.columns.values(), strict=True)]


def test_each_position_is_an_order_of_one_line_in_the_order_of_the_file(source: Path) -> None:
    orders = rows(source, "webshop.orders")
    lines = rows(source, "webshop.order_lines")

    assert [order["order_id"] for order in orders] == ["1-1", "1-2", "2-1", "2-2", "2-3"]
    assert [line["order_id"] for line in lines] == ["1-1", "1-2", "2-1", "2-2", "2-3"]
    assert [line["product_id"] for line in lines] == ["1", "2", "3", "2", "1"]
    assert orders[3] == {
        "order_id": "2-2",
        "customer_id": "2",
        "ordered_at": "2011-01-27T00:00:00",
        "status": "completed",
        "time_precision": "day",
        "extracted_at": "2011-01-31T00:00:00",
    }


def test_products_keep_the_texts_of_the_source_but_always_have_a_name(source: Path) -> None:
    products = rows(source, "catalog.products")

    assert [product["name"] for product in products] == ["Dew, 50 ml", "Hair Sprays (B000000002)", "Cr&egrave;me"]
    assert [product["brand"] for product in products] == ["L&#39;Eau", None, "Alba"]
    assert [product["category_path"] for product in products] == [
        "Skin Care > Face",
        "Hair Care > Styling > Hair Sprays",
        "Makeup",
    ]


def test_known_ratings_are_events_of_their_day(source: Path) -> None:
    (event,) = rows(source, "app.events")

    assert event["event_id"] == "rating-2-2"
    assert event["event_type"] == "rating"
    assert event["rating"] == "4"
    assert (event["occurred_at"], event["time_precision"]) == ("2011-01-27T00:00:00", "day")


def test_oddities_say_what_a_reader_must_know(source: Path) -> None:
    oddities = "\n".join(read_amazon_beauty(source).oddities)

    assert "1 products have no title" in oddities
    assert "1 titles and 1 brands carry HTML entities" in oddities
    assert "1 customers have several purchases on one day, 1 of them their last two" in oddities


def test_ratings_and_the_table_of_interactions_are_optional(source: Path) -> None:
    (source / "derived/ratings_last20pct.csv").unlink()
    (source / "derived/interactions.csv.gz").unlink()

    shop = read_amazon_beauty(source)

    assert "app.events" in shop.absent
    assert any("no ratings" in oddity for oddity in shop.oddities)


def test_absent_systems_are_empty_extracts_and_the_manifest_lists_them(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "raw"

    write_shop(read_amazon_beauty(source), target)

    assert yaml.safe_load((target / "extracts.yml").read_text()) == {"absent": ["pos.sales", "pos.loyalty_cards"]}
    sales = pq.read_table(target / "pos/sales.parquet")
    assert (sales.num_rows, tuple(sales.column_names)) == (0, EMPTY_EXTRACTS["pos.sales"])
    orders = pq.read_table(target / "webshop/orders.parquet")
    assert {str(column.type) for column in orders.columns} == {"string"}


def test_what_is_written_meets_the_contracts_of_the_warehouse(source: Path, tmp_path: Path) -> None:
    write_shop(read_amazon_beauty(source), tmp_path / "raw")

    assert check_extracts(tmp_path / "raw", load_contracts(STAGING)) == []


def test_empty_extracts_have_the_required_columns_of_their_contracts() -> None:
    required = {contract.name: contract.required for contract in load_contracts(STAGING)}

    assert {name: set(columns) for name, columns in EMPTY_EXTRACTS.items()} == {
        name: set(required[name]) for name in EMPTY_EXTRACTS
    }


def test_the_same_source_gives_the_same_bytes(source: Path, tmp_path: Path) -> None:
    write_shop(read_amazon_beauty(source), tmp_path / "once")
    write_shop(read_amazon_beauty(source), tmp_path / "again")

    for path in (tmp_path / "once").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "once")).read_bytes()


def test_writing_replaces_the_extracts_whole_and_leaves_nothing_else_behind(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "raw"
    write_shop(read_amazon_beauty(source), target)
    (target / "crm/forgotten.csv").write_text("customer_id\n")

    write_shop(read_amazon_beauty(source), target)

    assert not (target / "crm/forgotten.csv").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "source"]


def test_a_failed_write_leaves_the_old_extracts(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = read_amazon_beauty(source)
    write_shop(shop, tmp_path / "raw")
    before = (tmp_path / "raw/crm/customers.parquet").read_bytes()

    def disk_full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("glowhouse.ingest.extract_writer.pq.write_table", disk_full)
    with pytest.raises(IngestError, match="No space left on device"):
        write_shop(shop, tmp_path / "raw")

    assert (tmp_path / "raw/crm/customers.parquet").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["raw", "source"]


def test_a_target_in_which_something_would_be_lost_is_refused(source: Path, tmp_path: Path) -> None:
    raw, holidays, file = tmp_path / "raw", tmp_path / "holidays", tmp_path / "file"
    write_shop(read_amazon_beauty(source), raw)
    holidays.mkdir()
    (holidays / "beach.jpg").touch()
    file.touch()

    check_target(raw, source, force=True)
    with pytest.raises(IngestError, match="--force"):
        check_target(raw, source, force=False)
    with pytest.raises(IngestError, match="left alone"):
        check_target(holidays, source, force=True)
    with pytest.raises(IngestError, match="is a file"):
        check_target(file, source, force=True)
    with pytest.raises(IngestError, match="lie inside each other"):
        check_target(source / "raw", source, force=True)


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Changes the text of a plain or gzipped file."""
    packed = path.suffix == ".gz"
    text = gzip.decompress(path.read_bytes()).decode() if packed else path.read_text()
    path.write_bytes(gzip.compress(change(text).encode()) if packed else change(text).encode())


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("Beauty.txt", lambda text: text.replace("2 3 2 1", "2 3 2"), "line 2: 3 times for user 2, expected 2"),
        ("Beauty.txt", lambda text: text.replace("1 1 2", "1, 1 2"), "line 1: expected a user id as a whole number"),
        ("Beauty.txt", lambda text: text.replace("1 1 2", "1 1 x"), "line 1: expected a product id as a whole number"),
        ("Beauty.txt", lambda text: text.replace("1 1 2", "1 1 1"), "line 1: user 1 has product 1 twice"),
        ("Beauty.txt", lambda text: text.replace("2 3 2 1", "1 3 2 1"), "line 2: user 1 occurs a second time"),
        ("Beauty.txt", lambda text: "\n" + text, "line 1: expected 'user item1 item2 …'"),
        ("Beauty.txt", lambda _: "", "no such line; expected times for its 0 users"),
        ("Beauty_time_org_rank.txt.gz", lambda text: text.splitlines()[0], "line 2: expected the times of user 2"),
        ("Beauty_time_org_rank.txt.gz", lambda text: text.replace("2 ", "7 ", 1), "line 2: expected the times of user"),
        ("Beauty_time_org_rank.txt.gz", lambda text: text + "3 1\n", "line 3: Beauty.txt has no such line"),
        ("Beauty_time_org_rank.txt.gz", lambda text: text.replace(str(FRIDAY), "soon"), "line 1: expected a time in"),
        ("Beauty_time_org_rank.txt.gz", lambda text: text.replace(str(FRIDAY), "5"), "line 1: .* oldest first"),
        ("derived/items.csv", lambda text: text.replace("asin", "sku"), "line 1: column.s. asin missing"),
        ("derived/items.csv", lambda text: text.replace("3,B000000003", "4,B000000003"), "missing, the first are 3"),
        ("derived/items.csv", lambda text: text.replace("3,B000000003", "1,B000000003"), "item_id 1 occurs twice"),
        ("derived/items.csv", lambda text: text.replace(",Makeup,", ",Makeup"), "line 4: 5 value.s., expected 6"),
        ("derived/items.csv", lambda text: text[: text.index("50 ml")], "line 2: not readable as CSV"),
        ("derived/ratings_last20pct.csv", lambda text: text.replace("2,2,4", "2,2,6"), "line 2: expected a rating of"),
        ("derived/ratings_last20pct.csv", lambda text: text.replace("2,2,4", "1,3,4"), "line 2: user 1, product 3"),
        ("derived/interactions.csv.gz", lambda text: text.replace("2,1,3", "2,1,4"), "line 6: .* differs from"),
        ("derived/interactions.csv.gz", lambda text: text.rsplit("2,1,3")[0], "has 4 interactions, Beauty.txt 5"),
        ("derived/interactions.csv.gz", lambda text: f"{text}2,9,9,9\n", "line 7: more interactions than the 5"),
    ],
)
def test_malformed_content_is_named_by_file_line_and_expectation(
    source: Path, file: str, change: Callable[[str], str], message: str
) -> None:
    rewrite(source / file, change)

    with pytest.raises(IngestError, match=message) as error:
        read_amazon_beauty(source)

    assert str(source) in str(error.value)


def test_all_missing_files_are_named_at_once(source: Path) -> None:
    (source / "Beauty.txt").unlink()
    (source / "derived/items.csv").unlink()

    with pytest.raises(IngestError, match=r"lacks 2 file.*\n.*Beauty\.txt .*\n.*derived/items\.csv"):
        read_amazon_beauty(source)


def test_a_cut_or_mislabelled_gzip_file_and_wrong_bytes_are_named(source: Path) -> None:
    times = source / "Beauty_time_org_rank.txt.gz"
    whole = times.read_bytes()

    times.write_bytes(whole[:-12])
    with pytest.raises(IngestError, match="damaged or cut off"):
        read_amazon_beauty(source)

    times.write_bytes(gzip.decompress(whole))
    with pytest.raises(IngestError, match="expected a gzip file"):
        read_amazon_beauty(source)

    times.write_bytes(whole)
    (source / "Beauty.txt").write_bytes(b"1 1 2\n2 \xff 2 1\n")
    with pytest.raises(IngestError, match=r"line 2: expected UTF-8 text"):
        read_amazon_beauty(source)
