"""Drift that the simulator injects is found by the monitor and named; weeks without it raise nothing."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from glowhouse.demo.config import DemoConfig
from glowhouse.demo.generate import FILES
from glowhouse.demo.world import build_world, chunks
from glowhouse.release_files import SERVING_FILE
from glowhouse.simulate import drift, lists
from glowhouse.simulate.lists import SimulationError
from glowhouse.simulate.run import simulate
from models_py.monitoring.drift import drift as distance
from models_py.monitoring.profile import profile

ROOT = Path(__file__).resolve().parents[3]
DEMO = DemoConfig()
# What customers say of themselves, and what was bought in four weeks, straight from the extracts.
CUSTOMERS = """
    select customer_id as unit_id, date_diff('year', try_cast(birth_date as date), date '2026-11-01') as age,
        if(upper(country) in ('US', 'USA', 'UNITED STATES'), 'US', 'another') as country, lower(gender)[1] as gender
    from read_csv('{crm.customers}', all_varchar=true)
"""
PURCHASES = """
    select customer_id as unit_id, (category_path ->> '$[1]') as category
    from read_csv('{webshop.order_lines}', all_varchar=true, ignore_errors=true)
    inner join read_csv('{webshop.orders}', all_varchar=true, ignore_errors=true) using (order_id)
    inner join (select distinct on (product_id) product_id, category_path
        from read_json('{catalog.products}', ignore_errors=true,
            columns={{product_id: 'VARCHAR', category_path: 'JSON'}})
    ) using (product_id)
    where try_cast(ordered_at as timestamp) >= timestamp '{day}' - interval 28 day
"""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that recommends every customer of the demo shop ten products."""
    folder = tmp_path_factory.mktemp("release")
    world = build_world(DEMO)
    (chunk,) = chunks(world)
    size = len(world.product_ids)
    rows = [
        {"customer_id": customer, "rank": rank + 1, "product_id": world.product_ids[(7 * place + 13 * rank) % size],
         "reason_code": "popular_now", "model_run_id": "run_1"}
        for place, customer in enumerate(chunk.customer_ids)
        for rank in range(lists.LIST_LENGTH)
    ]  # fmt: skip
    recommendations, products = pa.Table.from_pylist(rows), pa.table({"product_id": world.product_ids})
    with duckdb.connect(str(folder / SERVING_FILE)) as connection:
        connection.register("rows", recommendations)
        connection.register("ids", products)
        connection.execute("create table recommendations as select * from rows")
        connection.execute("create table products as select *, true as is_in_stock from ids")
        for table in ("experiments", "experiment_arms"):
            seed = ROOT / "seeds/reference" / f"ref_{table}.csv"
            connection.execute(f"create table {table} as select * from read_csv('{seed}')")
    return folder


def features(raw: Path, day: str) -> dict[str, pa.Table]:
    paths = {extract: str(raw / file) for extract, file in FILES.items()}
    with duckdb.connect() as connection:
        filled = [query.replace("{{", "{").replace("}}", "}").replace("{day}", day) for query in (CUSTOMERS, PURCHASES)]
        for extract, path in paths.items():
            filled = [query.replace("{" + extract + "}", path) for query in filled]
        customers, purchases = (connection.sql(query).to_arrow_table() for query in filled)
    return {"customers": customers, "purchases": purchases}


def drifted(release: Path, target: Path, week: int | None) -> set[str]:
    """Features beyond noise and beyond the threshold that warns, eight weeks on."""
    simulate(DEMO, 8, ROOT / "seeds/demo", release, target, week)
    before, after = features(ROOT / "seeds/demo", "2026-11-01"), features(target, "2026-12-27")
    rows = distance(profile(before), after).to_pylist()
    return {row["feature"] for row in rows if row["is_beyond_noise"] and row["psi"] > 0.1}


def test_without_drift_no_feature_is_named(release: Path, tmp_path: Path) -> None:
    assert drifted(release, tmp_path / "raw", None) == set()


def test_newcomers_and_another_need_are_named(release: Path, tmp_path: Path) -> None:
    assert drifted(release, tmp_path / "raw", 5) == {"age", "country", "category"}
    with (tmp_path / "raw" / FILES["crm.customers"]).open(encoding="utf-8", newline="") as file:
        new = [row for row in csv.DictReader(file) if row["customer_id"].startswith("sim-")]
    assert len(new) == round(drift.NEWCOMERS * DEMO.customers)
    assert min(row["signed_up_at"] for row in new) >= "2026-11-29"


def test_a_week_that_is_not_played_is_refused(release: Path, tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match="week 9"):
        simulate(DEMO, 8, ROOT / "seeds/demo", release, tmp_path / "raw", 9)
