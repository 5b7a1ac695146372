"""`glowhouse readout`: how the experiments of the release stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from glowhouse.errors import GlowhouseError
from glowhouse.readout_picture import draw
from glowhouse.release_files import SERVING_FILE

Row = dict[str, Any]


class ReadoutError(GlowhouseError):
    """There is no release with the experiment that was asked for."""


def show_readout(folder: Path, console: Console, *, experiment: str | None = None, picture: Path | None = None) -> None:
    """Print the readout of each experiment, or of one; draw the first one's primary metric if `picture` is given.

    Raises:
        ReadoutError: no release in `folder`, or nobody was exposed yet.
    """
    rows = _rows(folder, "experiment_readout", "slice_kind = 'all'", experiment)
    if not rows:
        asked = "any experiment" if experiment is None else f"experiment {experiment!r}"
        raise ReadoutError(f"The release in {folder} has no readout of {asked}: no customer was exposed yet.")
    for name in dict.fromkeys((row["experiment_id"], row["arm"]) for row in rows):
        _show([row for row in rows if (row["experiment_id"], row["arm"]) == name], console)
    if picture is not None:
        first = rows[0]["experiment_id"]
        daily = _rows(folder, "experiment_readout_daily", "role = 'primary'", first)
        draw(daily, picture)
        console.print(f"Drawn: {escape(str(picture))}")


def _rows(folder: Path, table: str, condition: str, experiment: str | None) -> list[Row]:
    path = folder / SERVING_FILE
    if not path.is_file():
        raise ReadoutError(f"{path} does not exist: run `dbt build` first.")
    with duckdb.connect(str(path), read_only=True) as connection:
        relation = connection.execute(
            f"select * from {table} where {condition} and (? is null or experiment_id = ?) order by all",
            [experiment, experiment],
        )
        names = [column[0] for column in relation.description]
        return [dict(zip(names, row, strict=True)) for row in relation.fetchall()]


def _show(rows: list[Row], console: Console) -> None:
    first = rows[0]
    label = "SIMULATED, no finding about a real shop: " if first["is_simulated"] else ""
    title = f"{label}{first['experiment_id']}, {first['arm']} against {first['control_arm']}"
    table = Table(title=escape(title), title_justify="left")
    for column in ("metric", "role"):
        table.add_column(column)
    for column in (first["control_arm"], first["arm"], "effect", "95 %, looked at once", "95 %, looked at daily",
                   "p (Holm)", "days more"):  # fmt: skip
        table.add_column(escape(column), justify="right")
    table.add_column("verdict")
    for row in rows:
        table.add_row(
            row["metric"],
            row["role"],
            _number(row["control_value"]),
            _number(row["value"]),
            _number(row["effect"], "+"),
            f"{_number(row['ci_low'], '+')} .. {_number(row['ci_high'], '+')}",
            f"{_number(row['sequential_ci_low'], '+')} .. {_number(row['sequential_ci_high'], '+')}",
            _number(row["p_value_adjusted"]),
            "-" if row["days_still_needed"] is None else f"{row['days_still_needed']:.0f}",
            row["verdict"],
        )
    console.print(table)
    console.print(
        f"{first['customers']:,} and {first['control_customers']:,} customers whose window has closed; "
        f"{first['excluded_customers']:,} saw another arm than theirs; sample ratio p = "
        f"{_number(first['sample_ratio_p_value'])}."
    )


def _number(value: float | None, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.4f}"
