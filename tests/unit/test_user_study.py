"""`glowhouse study`: from a warehouse to a sheet, and from the filled sheet to an answer."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from glowhouse.cli import app


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["study", *map(str, arguments)], env={"COLUMNS": "400"})
    return result.exit_code, result.output


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Three customers, each recommended m1..m4; b1..b4 sell best, m1 too; ann avoids b1."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            create schema core; create schema marts; create schema features;
            create table core.dim_products as
                select product_id, 'Name of ' || product_id as product_name, 'Brand' as brand,
                    'Skincare' as category_path, product_id <> 'sold_out' as is_in_stock
                from (select unnest(['m1', 'm2', 'm3', 'm4', 'b1', 'b2', 'b3', 'b4', 'sold_out']) as product_id);
            create table marts.recommendations as
                select customer_id, rank, 'm' || rank as product_id
                from (select unnest(['ann', 'bea', 'cat']) as customer_id) cross join range(1, 5) as r (rank);
            create table core.fct_transactions as
                select product_id, true as is_purchase, timestamp '2026-10-01' as ordered_at
                from (values ('sold_out', 6), ('m1', 5), ('b1', 4), ('b2', 3), ('b3', 2), ('b4', 1))
                    as s (product_id, sold)
                cross join range(6) as n (line) where line < sold
                union all select 'm4', true, timestamp '2020-01-01' from range(50);
            create table features.ftr_user_exclusions as
                select 'serving' as protocol, 'ann' as customer_id, 'family' as exclusion_kind, 'x' as exclusion_id;
            create table features.ftr_exclusion_products as
                select 'family' as exclusion_kind, 'x' as exclusion_id, 'b1' as product_id;
        """)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def study(warehouse: Path, tmp_path: Path) -> tuple[Path, Path]:
    sheet, key = tmp_path / "sheet.csv", tmp_path / "key.csv"
    code, output = run(
        "sheet", "--to", sheet, "--key", key, "--warehouse", warehouse, "--customers", "3", "--count", "6"
    )
    assert code == 0, output
    return sheet, key


def test_the_sheet_tells_nothing_about_the_lists_and_the_key_tells_all(study: tuple[Path, Path]) -> None:
    sheet, key = map(rows, study)
    assert set(sheet[0]) == {
        "customer_id",
        "position",
        "product_id",
        "product_name",
        "brand",
        "category",
        "rating",
        "comment",
    }
    assert [(row["customer_id"], row["product_id"]) for row in sheet] == [
        (r["customer_id"], r["product_id"]) for r in key
    ]
    shown = {row["product_id"] for row in sheet}
    # Sold out, long unsold and avoided products are no bestsellers to anybody, or not to ann.
    assert "sold_out" not in shown
    assert not [row for row in sheet if row["customer_id"] == "ann" and row["product_id"] == "b1"]
    assert {row["team"] for row in key} == {"model", "baseline"}


def test_the_filled_sheet_says_which_list_is_better(study: tuple[Path, Path]) -> None:
    sheet, key = study
    team = {(row["customer_id"], row["product_id"]): row["team"] for row in rows(key)}
    filled = rows(sheet)
    for place, row in enumerate(filled):
        stars = "4,5" if team[row["customer_id"], row["product_id"]] == "model" else "2"
        row["rating"] = "" if place == 0 else stars
    # As a spreadsheet with a decimal comma saves it.
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(filled[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(filled)
    code, output = run("read", "--sheet", sheet, "--key", key)
    assert code == 0, output
    assert "3 people, 17 ratings: model 4.50, baseline 2.00 stars; difference +2.50" in output
    assert "3 prefer the model, 0 the baseline, 0 neither" in output


def test_an_empty_sheet_says_that_it_is_empty(study: tuple[Path, Path]) -> None:
    code, output = run("read", "--sheet", study[0], "--key", study[1])
    assert (code, "Nobody rated" in output) == (0, True)


@pytest.mark.parametrize("rating", ["6", "0", "good"])
def test_a_rating_that_is_none_is_refused_with_its_line(study: tuple[Path, Path], rating: str) -> None:
    sheet, key = study
    filled = rows(sheet)
    filled[1]["rating"] = rating
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(filled[0]))
        writer.writeheader()
        writer.writerows(filled)
    code, output = run("read", "--sheet", sheet, "--key", key)
    assert code == 1
    assert "line 3" in output


def test_what_cannot_be_used_is_refused(warehouse: Path, study: tuple[Path, Path], tmp_path: Path) -> None:
    sheet, key = study
    new = ("--to", tmp_path / "a.csv", "--key", tmp_path / "b.csv")
    for arguments, message in [
        (("sheet", "--to", sheet, "--key", tmp_path / "b.csv", "--warehouse", warehouse), "already exists"),
        (("sheet", *new, "--warehouse", tmp_path / "none.duckdb"), "dbt build"),
        (("sheet", *new, "--warehouse", warehouse, "--customer", "nobody"), "No recommendations for nobody"),
        (("read", "--sheet", tmp_path / "none.csv", "--key", key), "does not exist"),
        (("read", "--sheet", key, "--key", key), "no column rating"),
        (("read", "--sheet", sheet, "--key", sheet), "no column team"),
    ]:
        code, output = run(*arguments)
        assert (code, message in output) == (1, True), output
    assert not (tmp_path / "a.csv").exists()
