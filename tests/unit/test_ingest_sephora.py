"""Sephora becomes a shop: ratings are orders without dates, ingredients are single names, fractions stay."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from glowhouse.extracts import check_extracts, load_contracts
from glowhouse.ingest.extract_writer import write_shop
from glowhouse.ingest.files import IngestError
from glowhouse.ingest.sephora import PRODUCT_COLUMNS, RATINGS, read_sephora

STAGING = Path(__file__).resolve().parents[2] / "dbt_project/models/staging"
SERUM = {
    "product_id": "P1",
    "product_name": "Dew Serum",
    "brand_name": "Alba",
    "avg_product_rating": "4.5413",
    "num_reviews": "1321.0",
    "size": "1 oz/ 30 mL",
    "ingredients": "['Water (Aqua, Eau), 1,2-Hexanediol, Retinol.']",
    "price_usd": "98.0",
    "out_of_stock": "0",
    "highlights": "['Vegan', 'Good for: Dryness']",
    "primary_category": "Skincare",
    "secondary_category": "Treatments",
    "tertiary_category": "Face Serums",
}
PILLOW = SERUM | {
    "product_id": "P2",
    "product_name": "Silk Pillow",
    "avg_product_rating": "",
    "num_reviews": "",
    "size": "",
    "ingredients": "",
    "out_of_stock": "1",
    "highlights": "",
    "tertiary_category": "",
}


def write_products(folder: Path, *products: dict[str, str]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, PRODUCT_COLUMNS)
    writer.writeheader()
    writer.writerows(products)
    (folder / "skincare_products.csv.gz").write_bytes(gzip.compress(text.getvalue().encode()))


def write_ratings(folder: Path, train: list[str], validation: list[str]) -> None:
    header = "author_id,product_id,rating\n"
    (folder / "train_df.csv.gz").write_bytes(gzip.compress((header + "\n".join(train)).encode()))
    (folder / "val_df.csv").write_text(header + "\n".join(validation))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    write_products(folder, SERUM, PILLOW)
    write_ratings(folder, train=["007,P2,5.0", "orderGen16,P1,4.5"], validation=["007,P1,1.0"])
    return folder


def rows(source: Path, extract_name: str) -> list[dict[str, str | None]]:
    (extract,) = [extract for extract in read_sephora(source).extracts if extract.name == extract_name]
    return [dict(zip(extract.columns, values, strict=True)) for values in zip(*extract.columns.values(), strict=True)]


def test_products_have_ingredients_claims_price_size_and_stock(source: Path) -> None:
    serum, pillow = rows(source, "catalog.products")

    assert serum == {
        "product_id": "P1",
        "name": "Dew Serum",
        "brand": "Alba",
        "category_path": "Skincare > Treatments > Face Serums",
        "ingredients": json.dumps(["Water (Aqua, Eau)", "1,2-Hexanediol", "Retinol"]),
        "claims": json.dumps(["Vegan", "Good for: Dryness"]),
        "price": "98.0",
        "currency": "USD",
        "size": "30 mL",
        "stock_quantity": None,
        "average_rating": "4.5413",
        "rating_count": "1321",
        "extracted_at": "2023-03-31T00:00:00",
    }
    unknown = ("ingredients", "claims", "size", "average_rating", "rating_count")
    assert [pillow[column] for column in unknown] == [None] * len(unknown)
    assert pillow["stock_quantity"] == "0"
    assert pillow["category_path"] == "Skincare > Treatments"


def test_a_rating_is_an_order_whose_time_says_the_row_order_only(source: Path) -> None:
    orders = rows(source, "webshop.orders")

    assert [(order["customer_id"], order["ordered_at"]) for order in orders] == [
        ("007", "1970-01-01T00:00:01"),
        ("orderGen16", "1970-01-01T00:00:02"),
        ("007", "1970-01-01T00:00:03"),  # the second file follows the first
    ]
    assert {order["time_precision"] for order in orders} == {"surrogate"}
    assert [line["product_id"] for line in rows(source, "webshop.order_lines")] == ["P2", "P1", "P1"]


def test_a_rating_is_an_event_too_with_its_fraction_and_the_time_of_its_order(source: Path) -> None:
    events = rows(source, "app.events")
    orders = rows(source, "webshop.orders")

    assert [event["rating"] for event in events] == ["5.0", "4.5", "1.0"]
    assert [event["occurred_at"] for event in events] == [order["ordered_at"] for order in orders]
    assert len({event["event_id"] for event in events}) == 3


@pytest.mark.parametrize(
    ("printed", "size"),
    [
        ("1.7 oz / 50 mL", "50 mL"),
        ("0.5 oz/ 14.2g", "14.2g"),
        ("Rose 1.7 oz / 50 mL", "50 mL"),
        ("6.75 oz", "6.75 oz"),
        ("60 Capsules", "60 Capsules"),
        (" ", None),
    ],
)
def test_the_metric_part_of_a_size_is_taken(source: Path, printed: str, size: str | None) -> None:
    write_products(source, SERUM | {"size": printed}, PILLOW)

    assert rows(source, "catalog.products")[0]["size"] == size


def test_customers_are_text_in_order_of_appearance(source: Path) -> None:
    assert [customer["customer_id"] for customer in rows(source, "crm.customers")] == ["007", "orderGen16"]


def test_lost_commas_are_found_through_the_names_that_other_products_agree_on(source: Path) -> None:
    others = [SERUM | {"product_id": f"O{n}", "ingredients": "['Glycerin, Zinc Oxide']"} for n in range(5)]
    write_products(source, SERUM | {"ingredients": "['Zinc Oxide Glycerin, Retinol']"}, PILLOW, *others)

    serum = rows(source, "catalog.products")[0]

    assert json.loads(serum["ingredients"] or "") == ["Zinc Oxide", "Glycerin", "Retinol"]


def test_oddities_say_what_a_reader_must_know(source: Path) -> None:
    oddities = "\n".join(read_sephora(source).oddities)

    assert "1 products have no ingredient list, 0 more have one that names no ingredient" in oddities
    assert "1 ratings are fractions" in oddities
    assert "no times" in oddities


def test_what_is_written_meets_the_contracts_of_the_warehouse(source: Path, tmp_path: Path) -> None:
    write_shop(read_sephora(source), tmp_path / "raw")

    assert check_extracts(tmp_path / "raw", load_contracts(STAGING)) == []


def test_the_same_source_gives_the_same_bytes(source: Path, tmp_path: Path) -> None:
    write_shop(read_sephora(source), tmp_path / "once")
    write_shop(read_sephora(source), tmp_path / "again")

    for path in (tmp_path / "once").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / "once")).read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ingredients": "Water, Mica"}, "line 2: expected ingredients as a list literal"),
        ({"highlights": "['Vegan', 3]"}, "line 2: expected highlights as a list literal"),
        ({"ingredients": "__import__('os').getcwd()"}, "line 2: expected ingredients as a list literal"),
        ({"price_usd": "cheap"}, "line 2: expected price_usd as a number, found 'cheap'"),
        ({"price_usd": "nan"}, "line 2: expected price_usd as a number, found 'nan'"),
        ({"out_of_stock": "no"}, "line 2: expected out_of_stock as 0 or 1"),
        ({"product_id": ""}, "line 2: expected a product_id"),
        ({"product_id": "P2"}, "product_id P2 occurs twice"),
    ],
)
def test_malformed_products_are_named(source: Path, change: dict[str, str], message: str) -> None:
    write_products(source, SERUM | change, PILLOW)

    with pytest.raises(IngestError, match=message):
        read_sephora(source)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("007,P9,5.0", "line 3: product 'P9' is not in skincare_products"),
        ("007,P1,6.0", "line 3: expected a rating of 1 to 5, found 6.0"),
        ("007,P1,good", "line 3: expected a rating of 1 to 5 as a number, found 'good'"),
        (",P1,5.0", "line 3: expected an author_id"),
        ("007,P2,5.0", "line 3: author 007 rates product P2 twice"),
        ("007,P1", "line 3: 2 value.s., expected 3: author_id, product_id, rating"),
    ],
)
def test_malformed_ratings_are_named(source: Path, row: str, message: str) -> None:
    write_ratings(source, train=["007,P2,5.0", row], validation=[])

    with pytest.raises(IngestError, match=message) as error:
        read_sephora(source)

    assert RATINGS[0] in str(error.value)


def test_a_cell_with_line_breaks_counts_the_lines_of_the_file(source: Path) -> None:
    write_products(source, SERUM | {"product_name": "Dew\nSerum"}, PILLOW | {"price_usd": "cheap"})

    with pytest.raises(IngestError, match="line 4: expected price_usd"):
        read_sephora(source)


def test_files_without_ratings_are_refused(source: Path) -> None:
    write_ratings(source, train=[], validation=[])

    with pytest.raises(IngestError, match="hold no ratings"):
        read_sephora(source)
