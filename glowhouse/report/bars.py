"""Plots of amounts: bars, bars of parts, and columns of a distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from glowhouse.report.canvas import (
    FRAME,
    INK,
    MUTED,
    ROW,
    SERIES,
    floats,
    grouped,
    is_wide,
    panels,
    shortened,
    words,
)
from glowhouse.report.numbers import rounded
from glowhouse.report.queries import Row


def bars(
    rows: Sequence[Row], width: float, *, label: Sequence[str], value: str, panel: Sequence[str] = (), limit: int = 20
) -> Figure:
    """A bar for each row, with its number at the end; in each panel the first `limit` rows."""
    groups = grouped(rows, panel) if panel else {"": list(rows)}
    shown = {name: members[:limit] for name, members in groups.items()}
    figure, axes = panels([FRAME + ROW * len(members) for members in shown.values()], width, columns=2)
    for area, (name, members) in zip(axes, shown.items(), strict=True):
        amounts = floats(members, value)
        _rows_of(area, members, label, width, name)
        area.barh(np.arange(len(members)), amounts, height=0.68, color=SERIES[0])
        for place, row in enumerate(members):
            area.annotate(
                rounded(value, row[value]), (amounts[place], place), (3, 0), textcoords="offset points", va="center",
                color=MUTED, fontsize=8,
            )  # fmt: skip
        # Room for the numbers at the ends.
        area.set_xlim(0, max(float(np.nanmax(amounts)), 1e-9) * (1.12 if is_wide(width) else 1.3))
        area.set_xticks([])
        area.spines["bottom"].set_visible(False)
    return figure


def parts(
    rows: Sequence[Row], width: float, *, label: Sequence[str], parts: Sequence[str], panel: Sequence[str] = ()
) -> Figure:
    """A bar of shares for each row, one part after the other, as far as the longest bar reaches."""
    groups = grouped(rows, panel) if panel else {"": list(rows)}
    figure, axes = panels(
        [FRAME + 0.1 + ROW * len(members) for members in groups.values()], width, columns=2 if is_wide(width) else 1
    )
    reach = max(sum(float(row[part] or 0) for part in parts) for row in rows) * 1.05 or 1.0
    for area, (name, members) in zip(axes, groups.items(), strict=True):
        _rows_of(area, members, label, width, name)
        start = np.zeros(len(members))
        for colour, part in zip(SERIES, parts, strict=False):
            amounts = np.nan_to_num(floats(members, part))
            area.barh(np.arange(len(members)), amounts, 0.68, left=start, color=colour, label=words(part))
            start += amounts
        area.set_xlim(0, reach)
        area.grid(axis="x")
        area.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if reach > 0.1 else 1))
        area.xaxis.set_major_locator(MaxNLocator(4))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=len(parts) if is_wide(width) else 2)
    return figure


def columns(
    rows: Sequence[Row], width: float, *, position: str, value: str, panel: Sequence[str] = (), unit: str = "",
    limit: int = 53,
) -> Figure:  # fmt: skip
    """A column for each of the first `limit` bins of a distribution.

    Bins that are given by a number with gaps between them (such as powers of two) stand side by side, in their order.
    """
    groups = grouped(rows, panel) if panel else {"": list(rows)}
    groups = {name: members[:limit] for name, members in groups.items()}
    figure, axes = panels([2.0] * len(groups), width, columns=3 if is_wide(width) else 1)
    for area, (name, members) in zip(axes, groups.items(), strict=True):
        area.bar(np.arange(len(members)), floats(members, value), width=0.86, color=SERIES[0])
        step = max(1, len(members) // (12 if is_wide(width) and len(groups) == 1 else 6))
        ticks = np.arange(0, len(members), step)
        area.set_xticks(ticks, [rounded(position, members[place][position]) for place in ticks])
        area.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        area.yaxis.set_major_formatter(lambda amount, _: f"{amount:,.0f}")
        area.grid(axis="y")
        area.tick_params(axis="y", labelcolor=MUTED)
        area.set_title(name)
        area.set_xlabel(unit)
    return figure


def _rows_of(area: Axes, members: Sequence[Row], label: Sequence[str], width: float, title: str) -> None:
    longest = 52 if is_wide(width) else 24
    names = [shortened(": ".join(words(row[column]) for column in label), longest) for row in members]
    area.set_yticks(np.arange(len(members)), names)
    area.set_ylim(len(members) - 0.5, -0.5)
    area.tick_params(axis="y", labelcolor=INK)
    area.spines["left"].set_visible(False)
    area.set_title(title)
