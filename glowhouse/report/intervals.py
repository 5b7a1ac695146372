"""Plots of what is not known exactly: a point and its interval, and what changes from day to day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from glowhouse.report.canvas import (
    FAIL,
    FRAME,
    INK,
    MARKERS,
    MUTED,
    ROW,
    SERIES,
    WARN,
    floats,
    grouped,
    is_wide,
    panels,
    shortened,
    words,
)
from glowhouse.report.queries import Row


def intervals(
    rows: Sequence[Row], width: float, *, label: str, value: str, interval: tuple[str, str], panel: Sequence[str] = (),
    series: str | None = None, zero: bool = False, same_scale: bool = False, least: str | None = None, limit: int = 30,
) -> Figure:  # fmt: skip
    """A point with its 95 % interval for each row; series, if any, share a line.

    Args:
        rows: of the answer.
        width: of the figure, inches.
        label: the column that names a line.
        value: the column with the point.
        interval: the columns with its ends; unknown ends are not drawn.
        panel: the columns of which each value has a panel.
        series: the column that tells points on one line apart.
        zero: whether to mark zero, which stands for "no difference".
        same_scale: whether all panels reach from zero to the same number, to be compared.
        least: the column with what an interval may not reach below.
        limit: how many lines a panel has at most.
    """
    groups = grouped(rows, panel) if panel else {"": list(rows)}
    lines = {name: list(dict.fromkeys(row[label] for row in members))[:limit] for name, members in groups.items()}
    kinds = list(dict.fromkeys(row[series] for row in rows)) if series else [None]
    room = ROW * (1.0 if len(kinds) == 1 else 0.5 + 0.42 * len(kinds))
    figure, axes = panels([FRAME + 0.1 + room * len(names) for names in lines.values()], width,
                          2 if is_wide(width) else 1)  # fmt: skip
    reach = 1.04 * max(float(row[interval[1]] or row[value]) for row in rows)
    for area, (name, members) in zip(axes, groups.items(), strict=True):
        places = {line: place for place, line in enumerate(lines[name])}
        for number, kind in enumerate(kinds):
            own = [row for row in members if row[label] in places and (series is None or row[series] == kind)]
            shift = 0.8 / (len(kinds) + 0.5) * (number - (len(kinds) - 1) / 2)
            at = np.array([places[row[label]] for row in own], dtype=float) + shift
            low, high = floats(own, interval[0]), floats(own, interval[1])
            colour = SERIES[number % len(SERIES)]
            area.hlines(at, low, high, color=colour, linewidth=1.6)
            area.plot(floats(own, value), at, MARKERS[number % len(MARKERS)], color=colour, markersize=4.5,
                      linestyle="none", label=words(kind))  # fmt: skip
            if least:
                area.plot(floats(own, least), at, "|", color=FAIL, markersize=11, markeredgewidth=2, linestyle="none")
        _lines_of(area, list(places), name, width)
        if same_scale:
            area.set_xlim(min(0.0, area.get_xlim()[0]), reach)
        if zero:
            area.axvline(0.0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    if series:
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=len(kinds))
    return figure


def drift(rows: Sequence[Row], width: float, *, limit: int = 20) -> Figure:
    """The drift of each feature beside what chance may reach, and beyond the thresholds.

    Args:
        rows: of drift_by_feature.
        width: of the figure, inches.
        limit: how many features to draw, the most drifted first.
    """
    shown = list(rows)[:limit]
    figure, (area,) = panels([FRAME + 0.3 + ROW * len(shown)], width, columns=1)
    places, psi, noise = np.arange(len(shown)), floats(shown, "psi"), floats(shown, "noise_floor")
    beyond = np.array([bool(row["is_beyond_noise"]) for row in shown])
    area.barh(places, noise, height=0.72, color=MUTED, alpha=0.22, label="what chance may reach")
    for kind, label, colour, marker in (
        (beyond, "beyond chance", SERIES[1], MARKERS[1]),
        (~beyond, "within chance", SERIES[0], MARKERS[0]),
    ):
        area.plot(psi[kind], places[kind], marker, color=colour, markersize=5, linestyle="none", label=label)
    for threshold, colour in (("warn", WARN), ("fail", FAIL)):
        area.axvline(float(shown[0][threshold]), color=colour, linewidth=1.1, linestyle=(0, (4, 3)), label=threshold)
    names = [f"{row['feature']} ({row['entity']}{', missing' if row['aspect'] == 'missing' else ''})" for row in shown]
    _lines_of(area, names, "", width)
    area.set_xlim(left=0)
    area.set_xlabel("population stability index")
    figure.legend(*area.get_legend_handles_labels(), loc="outside upper left", ncols=5 if is_wide(width) else 2)
    return figure


def days(
    rows: Sequence[Row], width: float, *, day: str, value: str, bands: Sequence[tuple[str, str]],
    panel: Sequence[str] = (), zero: bool = False, columns: int = 4, height: float = 1.55,
) -> Figure:  # fmt: skip
    """A line from day to day in its interval, or intervals, the widest first; with thresholds, where rows have them."""
    groups = grouped(rows, panel) if panel else {"": list(rows)}
    beside = columns if is_wide(width) else min(columns, 2)
    figure, axes = panels([height] * len(groups), width, beside)
    first, last = min(row[day] for row in rows), max(row[day] for row in rows)
    for area, (name, members) in zip(axes, groups.items(), strict=True):
        date = np.array([row[day] for row in members], dtype="datetime64[D]")
        for number, (low, high) in enumerate(bands):
            area.fill_between(date, floats(members, low), floats(members, high), color=SERIES[len(bands) - 1 - number],
                              alpha=0.3, linewidth=0, label=words(low).removesuffix(" low"))  # fmt: skip
        is_short = len(members) < 3
        area.plot(date, floats(members, value), color=INK if len(bands) > 1 else SERIES[0], linewidth=1.4,
                  marker="o" if is_short else None, markersize=4, linestyle="none" if is_short else "-")  # fmt: skip
        if zero:
            area.axhline(0.0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        for threshold, colour in (("warn", WARN), ("fail", FAIL)):
            if members[0].get(threshold) is not None:
                area.axhline(float(members[0][threshold]), color=colour, linewidth=1.0, linestyle=(0, (4, 3)))
        area.set_title(shortened(name, 30 if is_wide(width) else 22), fontsize=9.5 if is_wide(width) else 8)
        # Both count the days from 1970.
        edges = np.array([first, last], dtype="datetime64[D]").astype(np.float64)
        area.set_xlim(edges[0] - 1, edges[1] + 1)
        between = 4 if beside == 1 and is_wide(width) else 1
        ticks = sorted({first + (last - first) * part // between for part in range(between + 1)})
        area.set_xticks(np.array(ticks, dtype="datetime64[D]"), [f"{tick.day} {tick:%b}" for tick in ticks])
        area.yaxis.set_major_locator(MaxNLocator(4))
        area.grid(axis="y")
        area.tick_params(labelcolor=MUTED)
    return figure


def _lines_of(area: Axes, names: Sequence[object], title: str, width: float) -> None:
    longest = 44 if is_wide(width) else 26
    area.set_yticks(np.arange(len(names)), [shortened(words(name), longest) for name in names])
    area.set_ylim(len(names) - 0.4, -0.6)
    area.xaxis.set_major_locator(MaxNLocator(5 if is_wide(width) else 4))
    area.grid(axis="x")
    area.spines["left"].set_visible(False)
    area.set_title(title)
