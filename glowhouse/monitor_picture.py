"""The picture of a deployed model: which features drifted beyond noise and thresholds, and how lists are clicked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase

_INK, _CALM, _DRIFTED, _NOISE = "#33475b", "#a9bccb", "#d1495b", "#f2a65a"
MOST_FEATURES = 18

Row = dict[str, Any]


def draw(drift: list[Row], rates: list[Row], threshold: Row, path: Path) -> None:
    """Draw into `path` (PNG or SVG).

    Args:
        drift: rows of feature_drift of one day, those to show first in front.
        rates: rows of monitoring_daily of the metric click_rate, by run and day.
        threshold: the row of the thresholds' seed for drift.
        path: the file.
    """
    figure = Figure(figsize=(10.0, 9.0 if rates else 6.5), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2 if rates else 1, 1, height_ratios=[2.6, 1.0][: 2 if rates else 1])
    _drift(figure.add_subfigure(grid[0]), drift[:MOST_FEATURES], threshold)
    if rates:
        _clicks(figure.add_subfigure(grid[1]), rates)
    if any(row["is_simulated"] for row in (*drift, *rates)):
        figure.text(
            0.5, 0.5, "simulated", fontsize=64, color=_INK, alpha=0.08, ha="center", va="center", rotation=25
        )  # fmt: skip
    figure.savefig(path, dpi=120, metadata={"Software": None} if path.suffix == ".png" else None)


def _drift(figure: FigureBase, rows: list[Row], threshold: Row) -> None:
    axes = figure.subplots()
    place = np.arange(len(rows))[::-1]
    value, floor = (np.array([row[name] for row in rows], dtype=float) for name in ("psi", "noise_floor"))
    alarms = [row["is_beyond_noise"] and row["psi"] > threshold["warn"] for row in rows]
    axes.barh(place, value, color=[_DRIFTED if alarm else _CALM for alarm in alarms], height=0.7)
    axes.scatter(floor, place, marker="|", s=160, color=_NOISE, linewidth=2.5, label="what chance alone may reach")
    for mark, style in (("warn", "--"), ("fail", "-")):
        axes.axvline(threshold[mark], color=_INK, linewidth=1.0, linestyle=style, label=f"{mark}: {threshold[mark]:g}")
    reach = max(float(value.max(initial=0.0)), float(threshold["fail"]))
    for y, row, alarm in zip(place, rows, alarms, strict=True):
        if alarm:
            before, after = row["most_changed_reference_share"], row["most_changed_current_share"]
            axes.annotate(
                f"{row['most_changed']}: {before:.0%} → {after:.0%}", (row["psi"], y), (6, 0),
                textcoords="offset points", va="center", fontsize=8, color=_INK,
            )  # fmt: skip
    names = (row["feature"] if row["aspect"] == "values" else f"{row['feature']} missing" for row in rows)
    axes.set_yticks(place, [f"{row['entity']}: {name}" for row, name in zip(rows, names, strict=True)])
    axes.set_xlim(0.0, 1.35 * reach)
    axes.set_xlabel("population stability index: today against the training snapshot")
    first = rows[0] if rows else None
    label = "SIMULATED: " if first and first["is_simulated"] else ""
    when = f" on {first['observed_on']}, model of {first['reference_at']:%Y-%m-%d}" if first else ""
    figure.suptitle(f"{label}feature drift{when}", x=0.01, ha="left")
    axes.legend(loc="lower right", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _clicks(figure: FigureBase, rates: list[Row]) -> None:
    axes = figure.subplots()
    for run in dict.fromkeys(row["model_run_id"] for row in rates):
        days = [row for row in rates if row["model_run_id"] == run]
        date = np.array([row["observed_on"] for row in days], dtype="datetime64[D]")
        value, low, high = (
            np.array([row[name] for row in days], dtype=float) for name in ("value", "interval_low", "interval_high")
        )
        axes.fill_between(date, low, high, color=_CALM, alpha=0.5, linewidth=0)
        axes.plot(date, value, linewidth=1.6, color=_INK, label=run)
    label = "SIMULATED: " if rates[-1]["is_simulated"] else ""
    figure.suptitle(f"{label}clicks for each product shown, with 95 % interval", x=0.01, ha="left")
    axes.tick_params(axis="x", labelsize=8)
    axes.set_xticks(axes.get_xticks()[::2])
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="upper right", frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
