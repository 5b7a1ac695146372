"""`glowhouse similar` and `glowhouse explain`: what is like a product, and why a customer gets it or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from glowhouse.cli import app


def run(shop: Path, command: str, *arguments: str, columns: int = 120) -> Result:
    environment = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    return CliRunner().invoke(app, [command, *arguments, "--warehouse", str(shop)], env=environment)


def explained(shop: Path, customer: str, product: str) -> dict[str, Any]:
    result = run(shop, "explain", "--customer", customer, "--product", product, "--format", "json")
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)
    return dict(row)


def test_similar_products_share_something_and_companions_were_bought_together(shop: Path) -> None:
    rows = json.loads(run(shop, "similar", "serum", "--format", "json").stdout)
    alike = [row for row in rows if row["relation"] == "alike"]
    together = [row for row in rows if row["relation"] == "bought_together"]

    assert alike[0]["product_id"] == "cream"
    assert "glycerin" in alike[0]["shared"] and "dryness" in alike[0]["shared"]
    assert [row["product_id"] for row in together] == ["cream"]
    assert "gel" not in {row["product_id"] for row in rows}  # sold out
    assert [row["score"] for row in alike] == sorted((row["score"] for row in alike), reverse=True)


def test_similar_reads_well_also_in_a_narrow_terminal(shop: Path) -> None:
    output = run(shop, "similar", "dew serum", columns=50).output

    assert "Like Alba Dew Serum (serum)" in output
    assert "Alba Night Cream (cream)" in output
    assert "both: " in output
    assert max(map(len, output.splitlines())) <= 50
    assert "Bought together with it: nothing." in run(shop, "similar", "rose").output


def test_what_is_recommended_is_explained_as_it_was_released(shop: Path) -> None:
    fay = explained(shop, "fay", "cream")
    output = run(shop, "explain", "--customer", "fay", "--product", "Night Cream").output

    assert (fay["is_recommended"], fay["rank"], fay["model_rank"]) == (True, 1, 1)
    assert "Recommended at rank 1." in output
    assert "= " in output and "score" in output
    assert "Evidence: the purchase of Alba Dew Serum (serum)." in output


@pytest.mark.parametrize(
    ("customer", "product", "obstacle"),
    [
        ("ann", "gel", "It is out of stock."),
        ("fay", "rose", "The customer avoids fragrance (search: “cream without perfume”), which it contains."),
        ("fay", "balm", "“cream without perfume”), and nobody knows what it contains."),
        ("eve", "scrub", "It conflicts with Alba Dew Serum, which the customer uses. Together they sting."),
        ("ann", "serum", "The customer bought it on 2026-01-01, and it is not due again."),
        ("eve", "scrub", "Were it not for that, the model would rank it"),
    ],
)
def test_what_is_not_recommended_says_why_not(shop: Path, customer: str, product: str, obstacle: str) -> None:
    row = explained(shop, customer, product)

    assert (row["is_recommended"], row["rank"]) == (False, None)
    assert obstacle in row["obstacles"]


def test_what_is_merely_ranked_lower_says_where_it_stands(shop: Path) -> None:
    rows = [explained(shop, "dan", product) for product in ("serum", "cream", "scrub", "rose", "balm")]
    below = [row for row in rows if not row["is_recommended"]]

    assert {row["rank"] for row in rows if row["is_recommended"]} == {1, 2}
    for row in below:
        place = f"The model ranks it number {row['model_rank']} of {row['candidates']}; the list has 2."
        assert row["obstacles"] == (place if row["model_rank"] else "No part of the model proposes it.")


def test_every_product_of_the_catalogue_can_be_explained_to_everybody(shop: Path) -> None:
    for customer in ("dan", "eve"):
        for product in ("serum", "cream", "scrub", "rose", "balm", "gel"):
            row = explained(shop, customer, product)
            assert row["is_recommended"] != bool(row["obstacles"])


@pytest.mark.parametrize(
    ("customer", "product", "message"),
    [
        ("anna", "cream", "The release has no customer 'anna'. Ids are text; near it are 'ann'"),
        ("ann", "creme", "There is no product 'creme', neither as an id nor as a name. Did you mean 'cream'"),
        ("ann", "alba", "3 products are called 'alba'; say which by its id:"),
    ],
)
def test_who_or_what_is_unknown_is_said_with_what_may_be_meant(
    shop: Path, customer: str, product: str, message: str
) -> None:
    result = run(shop, "explain", "--customer", customer, "--product", product)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_nothing_to_ask_is_a_message(tmp_path: Path) -> None:
    for command in (["similar", "serum"], ["explain", "--customer", "ann", "--product", "serum"]):
        result = run(tmp_path / "warehouse.duckdb", *command)
        assert (result.exit_code, "Run `dbt build` first" in result.stderr) == (1, True)
