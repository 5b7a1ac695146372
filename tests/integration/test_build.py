"""One `dbt build` from raw extracts to a released table, and what a user may rely on."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq

from tests.conftest import MODELS_ONLY, WITHOUT_TESTS, Shop, copy_of
from tests.integration.release_reader import polled


def test_every_active_customer_is_recommended_exactly_k_products(built_shop: Shop) -> None:
    (customers,) = built_shop.query("select count(*) from core.dim_users where is_active")
    (released,) = built_shop.query(
        "select count(distinct customer_id), min(n), max(n) from "
        "(select customer_id, count(*) as n from recommendations group by customer_id)",
        built_shop.serving,
    )
    assert released == (*customers, 10, 10)


def test_the_books_balance_for_every_source(built_shop: Shop) -> None:
    books = built_shop.query("select source_system, entity, raw_rows, kept_rows + merged_rows + rejected_rows "
                             "from marts.quality_ledger")  # fmt: skip
    assert len(books) == 7
    assert all(raw == accounted and raw > 0 for _, _, raw, accounted in books), books


def test_the_model_beats_most_popular_on_held_out_transactions(built_shop: Shop) -> None:
    scores = dict(
        built_shop.query(
            "select model, value from model_evaluation where protocol = 'published' and split = 'test' "
            "and metric = 'ndcg@10' and slice = 'all'",
            built_shop.serving,
        )
    )
    assert scores["hybrid"] > scores["most_popular"]


def test_the_release_is_the_mart_and_also_a_parquet_file(built_shop: Shop) -> None:
    parquet = pq.read_table(built_shop.folder / "recommendations.parquet")
    assert parquet.equals(built_shop.recommendations())
    assert built_shop.query("select count(*) from marts.recommendations") == [(parquet.num_rows,)]


def test_the_release_holds_what_is_meant_for_others_and_no_feature(built_shop: Shop) -> None:
    tables = {name for (name,) in built_shop.query("select table_name from duckdb_tables()", built_shop.serving)}
    evaluation = {"model_runs", "model_evaluation", "model_comparisons"}
    lifecycle = {"model_decisions", "model_gate_checks", "retrain_triggers"}
    experiments = {"experiments", "experiment_arms", "experiment_readout", "experiment_readout_daily"}
    monitoring = {"monitoring_daily", "monitoring_alerts", "monitoring_thresholds", "feature_drift"}
    shop = {"release", "recommendations", "blocked_recommendations", "products", "quality_ledger"}
    one_off = {"off_policy_estimates", "release_repetition"}
    assert tables == shop | evaluation | lifecycle | experiments | monitoring | one_off


def test_the_documentation_describes_every_table_and_column(built_shop: Shop, tmp_path: Path) -> None:
    # dbt opens the warehouse for writing, which would lock out the tests that read it meanwhile.
    shop = copy_of(built_shop, tmp_path)
    # The catalogue has no tests; compiling them would take most of the time.
    result = shop.dbt("docs", "generate", "--static", *WITHOUT_TESTS)
    assert result.returncode == 0, result.stdout[-3000:]
    target = shop.folder / "target"
    assert (target / "static_index.html").stat().st_size > 1_000_000

    manifest = json.loads((target / "manifest.json").read_text())
    catalog = json.loads((target / "catalog.json").read_text())
    documented = manifest["nodes"] | manifest["sources"]
    assert {key for key in manifest["nodes"] if key.startswith(("model.", "seed."))} == set(catalog["nodes"])
    assert set(manifest["sources"]) == set(catalog["sources"])
    undescribed = []
    for key, table in (catalog["nodes"] | catalog["sources"]).items():
        described = {name.lower() for name, column in documented[key]["columns"].items() if column["description"]}
        undescribed += [] if documented[key]["description"] else [key]
        undescribed += [f"{key}.{column}" for column in table["columns"] if column.lower() not in described]
    assert undescribed == []


def test_builds_again_reuse_the_model_and_give_the_same_bytes_and_no_reader_notices(
    built_shop: Shop, tmp_path: Path
) -> None:
    shop = copy_of(built_shop, tmp_path)

    def checksum() -> str:
        return hashlib.sha256((tmp_path / "recommendations.parquet").read_bytes()).hexdigest()

    first, runs = checksum(), shop.query("select model_run_id, trained_at from marts.model_runs")

    with polled(shop.serving, at_least=200):
        shop.build(*MODELS_ONLY)
        assert shop.query("select model_run_id, trained_at from marts.model_runs") == runs, "it was trained again"
        assert checksum() == first

        # What builds do to a reader is the replacement; the last node alone does it again.
        shop.build("--select", "releases")

        # From nothing.
        shop.warehouse.unlink()
        shutil.rmtree(tmp_path / "artifacts")
        shop.build(*WITHOUT_TESTS)
        assert shop.query("select model_run_id from marts.model_runs") == [(run_id,) for run_id, _ in runs]
        assert checksum() == first
