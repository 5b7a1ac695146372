"""`glowhouse recommend`: what a release says of one customer, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

from glowhouse.cli import app

RELEASE = """
    create table recommendations as select * from (values
        ('007', 2, 'P2', 0.5, 0.2, 0.3, 'Often bought with Dew Serum.', 'run1'),
        ('007', 1, 'P1', 0.9, 0.9, 0.0, 'Your [bold] serum runs out soon.', 'run1'),
        ('42', 1, 'P2', 0.4, 0.4, 0.0, 'Popular right now.', 'run1')
    ) as rows (customer_id, rank, product_id, score, content_score, collaborative_score, reason, model_run_id);
    create table products as select * from (values
        ('P1', 'Alba Dew Serum', 'Alba', 12.9, true), ('P2', 'Night [Balm]', null, null, true)
    ) as rows (product_id, product_name, brand, price_eur, is_in_stock);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Where a warehouse would be: only its release is there, as while a build holds the file."""
    with duckdb.connect(str(tmp_path / "serving.duckdb")) as connection:
        connection.execute(RELEASE)
    return tmp_path / "warehouse.duckdb"


def recommend(warehouse: Path, *arguments: str, columns: int = 120) -> Result:
    command = ["recommend", "--warehouse", str(warehouse), *arguments]
    return CliRunner().invoke(app, command, env={"COLUMNS": str(columns), "NO_COLOR": "1"})


def test_a_customer_sees_products_by_rank_with_reasons_and_what_made_the_score(warehouse: Path) -> None:
    output = recommend(warehouse, "--customer", "007").output

    assert output.index("Alba Dew Serum (P1)") < output.index("Night [Balm] (P2)")
    assert "Alba Alba" not in output
    assert "12.90 EUR" in output
    assert "Your [bold] serum runs out soon." in output  # texts of the shop are not markup
    assert "score 0.500 = collaborative 0.300 + content 0.200" in output
    assert "score 0.900 = content 0.900\n" in output.replace(" \n", "\n").replace("  ", "")  # 0 is left out
    assert "42" not in output


def test_count_shortens_the_list(warehouse: Path) -> None:
    assert "P2" not in recommend(warehouse, "--customer", "007", "--count", "1").output
    assert recommend(warehouse, "--customer", "007", "--count", "0").exit_code == 2


def test_programs_read_json_and_csv(warehouse: Path) -> None:
    as_json = json.loads(recommend(warehouse, "--customer", "007", "--format", "json").output)
    as_csv = list(csv.DictReader(io.StringIO(recommend(warehouse, "--customer", "007", "--format", "csv").output)))

    assert [(row["customer_id"], row["rank"], row["product_name"], row["score"]) for row in as_json] == [
        ("007", 1, "Alba Dew Serum", 0.9),
        ("007", 2, "Night [Balm]", 0.5),
    ]
    assert [(row["customer_id"], row["product_id"], row["reason"]) for row in as_csv] == [
        ("007", "P1", "Your [bold] serum runs out soon."),
        ("007", "P2", "Often bought with Dew Serum."),
    ]


def test_a_narrow_terminal_breaks_lines_between_words(warehouse: Path) -> None:
    lines = recommend(warehouse, "--customer", "007", columns=40).output.splitlines()

    assert max(map(len, lines)) <= 40
    assert any(line.strip().startswith("Your [bold] serum runs") for line in lines)


def test_failures_are_messages(warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / "serving.duckdb").rename(tmp_path / "elsewhere.duckdb")
    unbuilt = recommend(warehouse, "--customer", "007")
    assert (unbuilt.exit_code, "Run `dbt build` first" in unbuilt.stderr) == (1, True)

    (tmp_path / "serving.duckdb").write_text("not a database")
    damaged = recommend(warehouse, "--customer", "007")
    assert (damaged.exit_code, "cannot be opened" in damaged.stderr) == (1, True)

    (tmp_path / "serving.duckdb").unlink()
    with duckdb.connect(str(tmp_path / "serving.duckdb")) as connection:
        connection.execute("create table recommendations (customer_id text)")
    unfinished = recommend(warehouse, "--customer", "007")
    assert (unfinished.exit_code, "incomplete" in unfinished.stderr) == (1, True)


def new_customer(shop: Path, *arguments: str) -> list[dict[str, Any]]:
    result = recommend(shop, "--profile", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def products(rows: list[dict[str, Any]]) -> list[str]:
    return [row["product_id"] for row in rows]


def test_a_new_customer_gets_what_the_skin_concern_asks_for(shop: Path) -> None:
    rows = new_customer(shop, "--skin-type", "Trocken", "--concern", "Redness", "--count", "5")

    assert {"rose", "balm"} == {row["product_id"] for row in rows if row["reason"] == "For redness."}
    assert "gel" not in products(rows)  # sold out
    assert len(rows) == 5


def test_a_new_customer_of_a_bucket_gets_its_favourites(shop: Path) -> None:
    dry = new_customer(shop, "--skin-type", "dry", "--age", "30", "--country", "France", "--count", "1")
    nobody = new_customer(shop, "--count", "1")

    assert (dry[0]["product_id"], dry[0]["reason"]) == ("serum", "Favourite of dry skin.")
    assert nobody[0]["reason"] == "Popular."


def test_what_a_new_customer_bought_counts_and_is_not_recommended(shop: Path) -> None:
    first = new_customer(shop, "--bought", "dew serum", "--count", "1")[0]

    assert (first["product_id"], first["evidence_product_id"]) == ("cream", "serum")


def test_what_conflicts_with_what_a_new_customer_bought_is_never_shown(shop: Path) -> None:
    rows = new_customer(shop, "--bought", "serum", "--count", "4")

    assert set(products(rows)) == {"cream", "rose", "balm", "serum"}  # rather what was bought than the scrub


@pytest.mark.parametrize(
    ("words", "forbidden"),
    [
        (["perfume"], {"rose", "balm"}),  # by a synonym; of the balm nobody knows
        (["Fragrance-free"], {"rose", "balm"}),
        (["no sodium  chloride."], {"scrub", "balm"}),  # an ingredient that nobody else avoids
        (["silicones"], {"balm"}),
        (["fragrance", "sodium-chloride"], {"rose", "scrub", "balm"}),
    ],
)
def test_exclusions_are_understood_as_in_searches_and_never_shown(
    shop: Path, words: list[str], forbidden: set[str]
) -> None:
    allowed = {"serum", "cream", "scrub", "rose", "balm"} - forbidden
    options = [option for word in words for option in ("--exclude", word)]

    assert set(products(new_customer(shop, *options, "--count", str(len(allowed))))) == allowed
    too_many = recommend(shop, *options, "--count", str(len(allowed) + 1))
    assert (too_many.exit_code, "Leave out less" in too_many.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--exclude", "perfum"], "Nothing is known of the ingredient 'perfum'. Did you mean 'perfume'?"),
        (["--exclude", "moonlight"], "Nothing is known of the ingredient 'moonlight'."),
        (["--concern", "redniss"], "Did you mean 'redness'?"),
        (["--skin-type", "reptile"], "Nothing is known of the skin type 'reptile'."),
        (["--country", "Atlantis"], "Nothing is known of the country or region 'Atlantis'."),
        (["--age", "7"], "Age 7 is outside the shop's age bands (18 to 64)."),
        (["--bought", "alba"], "3 products are called 'alba'; say which by its id:"),
        (["--bought", "Dew Syrup"], "Did you mean 'dew serum'?"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_recommended(
    shop: Path, arguments: list[str], message: str
) -> None:
    result = recommend(shop, "--profile", *arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_what_was_understood_is_shown(shop: Path) -> None:
    arguments = ["--age", "30", "--skin-type", "trocken", "--concern", "fine lines", "--exclude", "no perfume"]
    output = recommend(shop, *arguments).output

    assert "a new customer: dry skin, 18-64; cares for dryness; without fragrance" in " ".join(output.split())


def test_an_unknown_customer_gets_what_is_popular_and_is_told_so(shop: Path) -> None:
    unknown = recommend(shop, "--customer", "zoe", "--format", "json")

    assert (unknown.exit_code, len(json.loads(unknown.stdout))) == (0, 2)
    assert "no customer 'zoe'" in unknown.stderr
    assert {row["reason"] for row in json.loads(unknown.stdout)} == {"Popular."}
    assert set(json.loads(unknown.stdout)[0]) == set(
        json.loads(recommend(shop, "--customer", "ann", "--format", "json").stdout)[0]
    ) | {"generated_at"}


def test_a_customer_is_known_or_new(shop: Path) -> None:
    for arguments in ([], ["--customer", "ann", "--profile"], ["--customer", "ann", "--age", "30"]):
        result = recommend(shop, *arguments)
        assert (result.exit_code, "not both" in result.stderr) == (2, True)


def test_a_release_without_its_model_says_so(shop: Path, tmp_path: Path) -> None:
    shutil.copy(shop.parent / "serving.duckdb", tmp_path)
    alone = recommend(tmp_path / "warehouse.duckdb", "--profile")
    assert (alone.exit_code, "has no model beside it" in alone.stderr) == (1, True)

    shutil.copytree(shop.parent / "serving_model", tmp_path / "serving_model")
    (artefact,) = tmp_path.glob("serving_model/*/model.npz")
    artefact.write_bytes(b"damaged")
    damaged = recommend(tmp_path / "warehouse.duckdb", "--profile")
    assert (damaged.exit_code, "cannot be read" in damaged.stderr) == (1, True)

    (inputs,) = tmp_path.glob("serving_model/*/inputs.duckdb")
    inputs.write_bytes(b"damaged")
    unreadable = recommend(tmp_path / "warehouse.duckdb", "--profile", "--exclude", "perfume")
    assert (unreadable.exit_code, "cannot be read" in unreadable.stderr) == (1, True)


def test_a_real_process_writes_rows_to_stdout_and_errors_to_stderr(warehouse: Path) -> None:
    command = [sys.executable, "-c", "from glowhouse.cli import app; app()", "recommend", "--warehouse", str(warehouse)]
    found = subprocess.run([*command, "--customer", "42", "--format", "json"], capture_output=True, text=True)
    lost = subprocess.run([*command, "--profile"], capture_output=True, text=True)

    assert (found.returncode, [row["product_id"] for row in json.loads(found.stdout)]) == (0, ["P2"])
    assert (lost.returncode, lost.stdout, lost.stderr.splitlines()[0][:6]) == (1, "", "Error:")
