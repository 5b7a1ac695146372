"""The picture of an experiment: effect on the primary metric day by day, with both intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_INK, _ONCE, _DAILY = "#33475b", "#3d7ea6", "#f2a65a"


def draw(days: list[dict[str, Any]], path: Path) -> None:
    """Draw rows of experiment_readout_daily of one metric (one arm) into `path`.

    The wide band may be looked at every day; the narrow one only once, at the end that was fixed beforehand. Where a
    simulator made the events, the title says so.
    """
    date = np.array([row["readout_date"] for row in days], dtype="datetime64[D]")
    figure = Figure(figsize=(9.0, 5.0), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    columns = {name: np.array([row[name] for row in days], dtype=float) for name in (
        "effect", "ci_low", "ci_high", "sequential_ci_low", "sequential_ci_high")}  # fmt: skip
    axes.fill_between(
        date, columns["sequential_ci_low"], columns["sequential_ci_high"], color=_DAILY, alpha=0.35, linewidth=0,
        label="95 % sequential interval: may be looked at every day",
    )  # fmt: skip
    axes.fill_between(
        date, columns["ci_low"], columns["ci_high"], color=_ONCE, alpha=0.45, linewidth=0,
        label="95 % interval: right if looked at once, at the end",
    )  # fmt: skip
    axes.plot(date, columns["effect"], color=_INK, linewidth=1.8, label="effect so far")
    axes.axhline(0.0, color=_INK, linewidth=0.8, linestyle="--")
    # The first days' intervals would dwarf all others.
    settled = np.nan_to_num(np.abs(columns["sequential_ci_high"][len(days) // 6 :]), nan=0.0)
    reach = max(float(settled.max(initial=0.0)), float(np.abs(columns["effect"]).max()), 1e-9)
    axes.set_ylim(-0.6 * reach, 1.15 * reach)
    first, last = days[0], days[-1]
    label = "SIMULATED: " if last["is_simulated"] else ""
    axes.set_title(
        f"{label}{first['experiment_id']}: {first['metric']}, {first['arm']} minus {first['control_arm']}", loc="left"
    )
    axes.set_ylabel("effect")
    axes.set_xlabel(
        f"day; {last['customers']:,} and {last['control_customers']:,} customers with a closed window at the end"
    )
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    if last["is_simulated"]:
        axes.text(
            0.5, 0.5, "simulated", transform=axes.transAxes, fontsize=54, color=_INK, alpha=0.08, ha="center",
            va="center", rotation=20,
        )  # fmt: skip
    figure.savefig(path, dpi=120, metadata={"Software": None} if path.suffix == ".png" else None)
