"""The command line: exit codes, messages instead of tracebacks, and what `show` and `check` print."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from glowhouse.cli import app
from glowhouse.extracts import ExtractContract, Problem

# Customer 007 searched to avoid fragrance and bought four times; 42 is new; both ids only look like numbers.
RELEASE = """
    create table recommendations as select * from (values
        ('007', 1, 'P1', 0.9, 'Your [bold] serum runs out soon.', null, 'run1'),
        ('007', 2, 'P2', 0.5, 'Often bought with Dew Serum.', 'You use Dew Serum. Both peel.', 'run1'),
        ('42', 1, 'P2', 0.4, 'Popular right now.', null, 'run1')
    ) as rows (customer_id, rank, product_id, score, reason, caution, model_run_id);
    create table products as select * from (values
        ('P1', 'Dew Serum', 'Alba', 12.9), ('P2', 'Night [Balm]', null, null)
    ) as rows (product_id, product_name, brand, price_eur);
    create table model_runs as select * from (values
        ('run0', false), ('run1', true)
    ) as rows (model_run_id, is_current);
    create table model_evaluation as select * from (values
        ('run1', 'published', 'test', 'hybrid', 'ndcg@10', 'all', 0.08, 0.07, 0.09, 120),
        ('run1', 'published', 'test', 'most_popular', 'ndcg@10', 'all', 0.01, 0.0, 0.02, 120),
        ('run1', 'published', 'validation', 'hybrid', 'ndcg@10', 'all', 0.99, 0.99, 0.99, 120),
        ('run0', 'published', 'test', 'hybrid', 'ndcg@10', 'all', 0.55, 0.5, 0.6, 120)
    ) as rows (model_run_id, protocol, split, model, metric, slice, value, ci_low, ci_high, users);
"""

WAREHOUSE = """
    create schema core;
    create schema features;
    create schema reference;
    create table core.dim_users as select * from (values
        ('007', '25_34', 'DE', 'dry', 'female', false, true), ('42', null, null, null, 'unknown', false, false)
    ) as rows (customer_id, age_band, country_code, skin_type, gender, is_age_imputed, is_skin_type_imputed);
    create table core.dim_products as select * from (values
        ('P1', 'Dew Serum', 'Alba'), ('P2', 'Night [Balm]', null)
    ) as rows (product_id, product_name, brand);
    create table core.fct_transactions as select * from (values
        ('007', 'P1', timestamp '2026-01-05', 'second', 'web', 'webshop', 1, true),
        ('007', 'P2', timestamp '2026-02-05', 'second', 'store', 'pos', 2, true),
        ('007', 'P1', timestamp '2026-03-05', 'second', 'web', 'webshop', 3, true),
        ('007', 'P2', timestamp '2026-04-05', 'second', 'web', 'webshop', 4, false),
        ('007', 'P2', timestamp '1970-01-01', 'surrogate', 'web', 'webshop', 5, true)
    ) as rows (
        customer_id, product_id, ordered_at, time_precision, channel, source_system, source_row_number, is_purchase
    );
    create table reference.ref_concerns as select * from (values
        ('dryness', 'Dryness'), ('redness', 'Redness')
    ) as rows (concern_id, concern_name);
    create table features.ftr_user_concerns as select * from (values
        ('serving', '007', 'dryness', 0.7, true), ('serving', '007', 'redness', 0.2, false),
        ('published', '007', 'redness', 9.9, true)
    ) as rows (protocol, customer_id, concern_id, shopped_weight, is_declared);
    create table features.ftr_user_exclusions as select * from (values
        ('serving', '007', 'family', 'fragrance', 'search', 'cream without perfume')
    ) as rows (protocol, customer_id, exclusion_kind, exclusion_id, evidence_source, evidence_text);
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The tables of a finished build that `show` reads."""
    path = tmp_path / "warehouse.duckdb"
    for file, tables in ((path, WAREHOUSE), (tmp_path / "serving.duckdb", RELEASE)):
        with duckdb.connect(str(file)) as connection:
            connection.execute(tables)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160", "NO_COLOR": "1"})


def show(warehouse: Path, *arguments: str) -> Result:
    return run("show", "--warehouse", str(warehouse), *arguments)


def test_show_prints_purchases_needs_and_recommendations_with_reasons(warehouse: Path) -> None:
    result = show(warehouse, "--customer", "007")

    assert result.exit_code == 0
    assert "age 25-34 · skin type dry (assumed) · gender female · country DE" in result.output
    assert "Declared concerns: Dryness" in result.output
    assert "Shops for: Dryness, Redness" in result.output
    assert "Never recommend: fragrance (search: “cream without perfume”)" in result.output
    assert "Your [bold] serum runs out soon." in result.output  # texts of the shop are not markup
    assert "You use Dew Serum. Both peel." in result.output
    assert "12.90" in result.output


def test_show_lists_real_purchases_latest_first_and_never_a_surrogate_date(warehouse: Path) -> None:
    output = show(warehouse, "--customer", "007").output

    assert output.index("2026-03-05") < output.index("2026-02-05") < output.index("2026-01-05")
    assert "2026-04-05" not in output  # cancelled
    assert "no date" in output
    assert "1970" not in output


def test_show_compares_the_current_run_with_most_popular_on_test(warehouse: Path) -> None:
    output = show(warehouse).output

    assert "0.080" in output
    assert "8.0" in output  # the ratio
    assert "0.990" not in output  # validation
    assert "0.550" not in output  # an earlier run


def test_show_chooses_the_same_different_customers_each_time(warehouse: Path) -> None:
    first, second = show(warehouse), show(warehouse)

    assert first.output == second.output
    assert first.output.index("Customer 007") < first.output.index("Customer 42")
    assert "nothing but the id is known" in first.output
    assert "Bought nothing yet." in first.output


def test_show_falls_back_to_the_release_while_the_warehouse_is_missing_or_locked(warehouse: Path) -> None:
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('locked', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as build:
        assert build.stdout is not None
        assert build.stdout.readline() == "locked\n"
        locked = show(warehouse)
        build.communicate()
    warehouse.unlink()
    missing = show(warehouse)

    for result in (locked, missing):
        assert result.exit_code == 0
        assert "missing or busy" in result.output
        assert "Popular right now." in result.output


def test_show_says_what_is_missing(warehouse: Path, tmp_path: Path) -> None:
    unknown = show(warehouse, "--customer", "7")
    assert (unknown.exit_code, unknown.exception.__class__) == (1, SystemExit)
    assert "no customer '7'. Ids are text" in unknown.output

    with duckdb.connect(str(tmp_path / "serving.duckdb")) as connection:
        connection.execute("drop table model_runs")
    unfinished = show(warehouse)
    assert unfinished.exit_code == 1
    assert "did not finish" in unfinished.output

    (tmp_path / "serving.duckdb").write_text("not a database")
    damaged = show(warehouse)
    assert damaged.exit_code == 1
    assert "cannot be opened" in damaged.output

    (tmp_path / "serving.duckdb").unlink()
    unbuilt = show(warehouse)
    assert unbuilt.exit_code == 1
    assert "Run `dbt build` first" in unbuilt.output


@pytest.mark.parametrize(
    ("problems", "exit_code", "summary"),
    [
        ([], 0, "1 extracts checked: 0 errors, 0 warnings."),
        (
            [Problem("warning", "crm.customers", "customers.csv: column 'agee' is not loaded")],
            0,
            "0 errors, 1 warnings.",
        ),
        (
            [
                Problem("error", "crm.customers", "customers.csv: column 'customer_id' missing"),
                Problem("error", "app.events", "no file"),
            ],
            1,
            "2 errors, 0 warnings.",
        ),
    ],
)
def test_check_lists_every_problem_and_fails_on_errors_only(
    monkeypatch: pytest.MonkeyPatch, problems: list[Problem], exit_code: int, summary: str
) -> None:
    monkeypatch.setattr(
        "glowhouse.check.load_contracts", lambda: [ExtractContract("crm", "customers", ("customer_id",))]
    )
    monkeypatch.setattr("glowhouse.check.check_extracts", lambda raw, contracts, landing: problems)

    result = run("check", "--raw", "shop")

    assert result.exit_code == exit_code
    assert summary in result.output
    for problem in problems:
        assert problem.message in result.output


def test_ingest_reports_rows_oddities_and_the_next_command(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "raw shop"
    (source / "derived").mkdir(parents=True)
    (source / "Beauty.txt").write_text("1 1 2\n")
    (source / "Beauty_time_org_rank.txt.gz").write_bytes(gzip.compress(b"1 0 86400\n"))
    (source / "derived/items.csv").write_text(
        "item_id,asin,title,brand,category_path\n1,A1,Dew,Alba,Makeup\n2,A2,,Alba,Makeup\n"
    )
    command = ("ingest", "amazon-beauty", "--from", str(source), "--to", str(target))

    result = run(*command)

    assert result.exit_code == 0
    assert "webshop.order_lines" in result.output
    assert "1 products have no title" in result.output
    assert f"GLOWHOUSE_RAW='{target}'" in result.output  # quoted: it can be pasted
    again = run(*command)
    assert (again.exit_code, "--force" in again.output) == (1, True)
    assert run(*command, "--force").exit_code == 0


def test_a_failure_is_a_message_with_exit_code_1_and_wrong_usage_is_2(tmp_path: Path) -> None:
    failed = run("ingest", "sephora", "--from", str(tmp_path / "nowhere"), "--to", str(tmp_path / "raw"))
    assert failed.exit_code == 1
    assert failed.stderr.startswith("Error: ")
    assert "Traceback" not in failed.output
    assert not (tmp_path / "raw").exists()

    assert run("ingest", "sephora").exit_code == 2
    assert run("sell").exit_code == 2
    assert run("show", "--customers", "0").exit_code == 2


@pytest.mark.parametrize(
    "command",
    ["ingest amazon-beauty", "ingest sephora", "demo", "check", "show", "recommend", "similar", "explain", "tune"],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(*command.split(), "--help")

    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"glowhouse {command}" in result.output


def test_help_and_version_load_no_heavy_library() -> None:
    assert run("--version").output.startswith("glowhouse ")
    script = (
        "import sys; from glowhouse.cli import app\n"
        "heavy = {'duckdb', 'pyarrow', 'pandas', 'numpy', 'dbt', 'numba', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
