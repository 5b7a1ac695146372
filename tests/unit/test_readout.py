"""`glowhouse readout`: the release's experiments as a table and a picture, labelled where they are simulated."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from matplotlib.image import imread
from typer.testing import CliRunner

from glowhouse.cli import app
from glowhouse.readout_picture import draw
from glowhouse.release_files import SERVING_FILE
from models_py.experiments import daily, readout


def filled(schema: pa.Schema, **values: object) -> dict[str, object]:
    empty = {field.name: 0.0 if pa.types.is_floating(field.type) else None for field in schema}
    return empty | {"experiment_id": "shelf", "arm": "model", "control_arm": "bestsellers", "metric": "clicks"} | values


def days(is_simulated: bool, effect: float = 0.02) -> list[dict[str, object]]:
    return [
        filled(
            daily.SCHEMA, role="primary", readout_date=date(2026, 11, 15) + timedelta(days=day), customers=day + 40,
            control_customers=day + 40, effect=effect, ci_low=effect - 1 / (day + 9), ci_high=effect + 1 / (day + 9),
            # Too few customers on the first days.
            sequential_ci_low=None if day < 3 else effect - 2 / (day + 9),
            sequential_ci_high=None if day < 3 else effect + 2 / (day + 9), is_simulated=is_simulated,
        )
        for day in range(30)
    ]  # fmt: skip


def release(folder: Path, is_simulated: bool, rows: int = 1) -> Path:
    row = filled(
        readout.SCHEMA, role="primary", slice_kind="all", slice="all", customers=400, control_customers=390,
        effect=0.0212, excluded_customers=3, verdict="better", is_simulated=is_simulated, days_still_needed=None,
        sample_ratio_p_value=0.72,
    )  # fmt: skip
    with duckdb.connect(str(folder / SERVING_FILE)) as connection:
        table = pa.Table.from_pylist([row] * rows, schema=readout.SCHEMA)
        by_day = pa.Table.from_pylist(days(is_simulated), schema=daily.SCHEMA)
        connection.register("rows", table)
        connection.register("days", by_day)
        connection.execute("create table experiment_readout as select * from rows")
        connection.execute("create table experiment_readout_daily as select * from days")
    return folder / "warehouse.duckdb"


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["readout", *map(str, arguments)], env={"COLUMNS": "300"})
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize("is_simulated", [True, False])
def test_the_readout_is_shown_and_labelled_if_it_is_simulated(tmp_path: Path, is_simulated: bool) -> None:
    code, output = run("--warehouse", release(tmp_path, is_simulated), "--picture", tmp_path / "readout.png")
    assert code == 0
    assert "shelf, model against bestsellers" in output
    assert "+0.0212" in output
    assert "better" in output
    assert "3 saw another arm than theirs" in output
    assert ("SIMULATED" in output) == is_simulated
    assert imread(tmp_path / "readout.png").shape[:2] == (600, 1080)


def test_the_picture_says_simulated_and_is_the_same_every_time(tmp_path: Path) -> None:
    for name, is_simulated in (("one", True), ("again", True), ("real", False)):
        draw(days(is_simulated), tmp_path / f"{name}.png")
    one, again, real = ((tmp_path / f"{name}.png").read_bytes() for name in ("one", "again", "real"))
    assert one == again != real


def test_without_release_or_exposures_it_says_so(tmp_path: Path) -> None:
    code, output = run("--warehouse", tmp_path / "warehouse.duckdb")
    assert (code, "dbt build" in output) == (1, True)
    code, output = run("--warehouse", release(tmp_path, False, rows=0))
    assert (code, "no customer was exposed yet" in output) == (1, True)


def test_an_unknown_experiment_is_named(tmp_path: Path) -> None:
    code, output = run("--warehouse", release(tmp_path, False), "--experiment", "other")
    assert (code, "'other'" in output) == (1, True)
