"""`glowhouse recommend`: what a release says of one customer, for people and for programs."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

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
        ('P1', 'Alba Dew Serum', 'Alba', 12.9), ('P2', 'Night [Balm]', null, null)
    ) as rows (product_id, product_name, brand, price_eur);
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


def test_a_real_process_writes_rows_to_stdout_and_errors_to_stderr(warehouse: Path) -> None:
    command = [sys.executable, "-c", "from glowhouse.cli import app; app()", "recommend", "--warehouse", str(warehouse)]
    found = subprocess.run([*command, "--customer", "42", "--format", "json"], capture_output=True, text=True)
    lost = subprocess.run([*command, "--customer", "7"], capture_output=True, text=True)

    assert (found.returncode, [row["product_id"] for row in json.loads(found.stdout)]) == (0, ["P2"])
    assert (lost.returncode, lost.stdout, lost.stderr.splitlines()[0][:6]) == (1, "", "Error:")
