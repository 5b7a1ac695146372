"""A plot of two properties: how often each pair of values occurs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from glowhouse.report.canvas import FRAME, INK, ROW, SERIES, is_wide, panels, shortened, words
from glowhouse.report.queries import Row


def heat(rows: Sequence[Row], width: float, *, line: str, column: str, value: str) -> Figure:
    """A cell for each pair of values, the fuller the larger its share; a wide figure also says which, from 5 % on."""
    lines = list(dict.fromkeys(row[line] for row in rows))
    names = sorted({row[column] for row in rows})
    # On a phone the concerns go down, of which there are more.
    across, down = (names, lines) if is_wide(width) else (lines, names)
    figure, (area,) = panels([FRAME + 1.0 + ROW * 1.1 * len(down)], width, columns=1)
    for row in rows:
        share = float(row[value])
        first, second = (row[column], row[line]) if is_wide(width) else (row[line], row[column])
        x, y = across.index(first), down.index(second)
        # Never so full that the number on top cannot be read, in light or dark.
        area.add_patch(Rectangle((x - 0.48, y - 0.47), 0.96, 0.94, facecolor=SERIES[0], alpha=0.05 + 0.6 * share))
        if is_wide(width) and share >= 0.05:
            area.text(x, y, f"{100 * share:.0f}", ha="center", va="center", fontsize=7.5, color=INK)
    area.set_xticks(np.arange(len(across)), [shortened(words(name), 22) for name in across], rotation=55, ha="left",
                    rotation_mode="anchor")  # fmt: skip
    area.set_yticks(np.arange(len(down)), [shortened(words(name), 24) for name in down])
    area.xaxis.tick_top()
    area.tick_params(labelcolor=INK, length=0)
    area.set_xlim(-0.5, len(across) - 0.5)
    area.set_ylim(len(down) - 0.5, -0.5)
    area.spines[:].set_visible(False)
    return figure
