"""What all plots share: colours that the page decides on, panels, and the way from a figure to SVG inside the page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final
from xml.sax.saxutils import escape

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from glowhouse.report.queries import Row

# Figures are drawn in colours that nobody sees: in the page each becomes a CSS variable, so that light and dark differ.
INK: Final = "#010101"
MUTED: Final = "#020202"
GRID: Final = "#030303"
SERIES: Final = ("#040404", "#050505", "#060606")
WARN: Final = "#070707"
FAIL: Final = "#080808"
VARIABLES: Final = {
    INK: "--ink", MUTED: "--muted", GRID: "--grid", SERIES[0]: "--series-1", SERIES[1]: "--series-2",
    SERIES[2]: "--series-3", WARN: "--warn", FAIL: "--fail",
}  # fmt: skip
# Not colour alone tells series apart.
MARKERS: Final = ("o", "s", "^")

WIDE: Final = 10.0
NARROW: Final = 3.7
# Inches of a row of text, and of what a panel needs besides its rows.
ROW: Final = 0.23
FRAME: Final = 0.55

_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none", "svg.hashsalt": "glowhouse", "font.size": 9.0, "axes.titlesize": 9.5,
    "axes.titleweight": "bold", "axes.titlelocation": "left", "text.color": INK, "axes.labelcolor": MUTED,
    "axes.titlecolor": INK, "axes.edgecolor": GRID, "xtick.color": MUTED, "ytick.color": INK, "grid.color": GRID,
    "axes.spines.top": False, "axes.spines.right": False, "axes.facecolor": "none", "figure.facecolor": "none",
    "axes.axisbelow": True, "grid.linewidth": 0.6, "legend.frameon": False, "ytick.major.size": 0.0,
    "xtick.major.size": 2.0, "axes.unicode_minus": False, "figure.constrained_layout.h_pad": 0.09,
}  # fmt: skip
_OWN_IDS = re.compile(r' id="(?:figure|patch|axes|text|line2d|xtick|ytick|matplotlib\.axis|legend|LineCollection|'
                      r'FillBetweenPolyCollection|PolyCollection|PathCollection)_\d+"')  # fmt: skip
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def style() -> AbstractContextManager[None]:
    """The settings that figures are made and written with, whatever the user's own are."""
    return mpl.style.context(["default", _STYLE])


def panels(heights: Sequence[float], width: float, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure of panels, side by side where the width allows it.

    Args:
        heights: of each panel, inches.
        width: of the figure, inches.
        columns: how many panels a row has in a wide figure.

    Returns:
        the figure, and the axes of its panels in order.
    """
    beside = min(columns, len(heights))
    rows = [max(heights[start : start + beside]) for start in range(0, len(heights), beside)]
    figure = Figure(figsize=(width, sum(rows)), layout="constrained")
    FigureCanvasSVG(figure)
    grid = figure.add_gridspec(len(rows), beside, height_ratios=rows)
    return figure, [figure.add_subplot(grid[divmod(place, beside)]) for place in range(len(heights))]


def is_wide(width: float) -> bool:
    """Whether the figure is for a screen on which panels fit side by side."""
    return width > NARROW


def grouped(rows: Iterable[Row], columns: Sequence[str]) -> dict[str, list[Row]]:
    """Rows by the values of some columns, in the order in which they come; columns that never vary are left out."""
    rows = list(rows)
    varying = [column for column in columns if len({row[column] for row in rows}) > 1] or list(columns[-1:])
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(" · ".join(words(row[column]) for column in varying), []).append(row)
    return groups


def words(name: object) -> str:
    """An identifier as people write it."""
    return re.sub(r"(?<=\d)_(?=\d)", "-", str(name)).replace("_", " ")


def shortened(text: str, longest: int) -> str:
    """Text that fits; the whole of it is in the table of numbers."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def floats(rows: Iterable[Row], column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column as numbers; what is unknown becomes NaN."""
    return np.array([np.nan if row[column] is None else float(row[column]) for row in rows], dtype=np.float64)


def as_svg(figure: Figure, name: str, title: str, description: str) -> str:
    """The figure as an SVG element for the page: text stays text, colours are the page's.

    Args:
        figure: made under `style()`.
        name: unique in the page; all ids of the element begin with it.
        title: what a screen reader says the picture is.
        description: what it then says about it.
    """
    written = io.StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = _OWN_IDS.sub("", svg)
    # The solver of the layout differs from run to run in digits that nobody sees, and ids are made of them.
    svg = re.sub(
        r"<[^>]+>", lambda tag: _LONG_NUMBER.sub(lambda found: f"{round(float(found[0]), 2) + 0:.2f}", tag[0]), svg
    )
    for number, own in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]*)"', svg))):
        svg = svg.replace(f'"{own}"', f'"{name}-{number}"').replace(f"#{own}", f"#{name}-{number}")
    svg = re.sub(r"font: (?:bold |700 )?([\d.]+)px [^;\"]*", _own_font, svg)
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, f"var({variable})")
    box = re.search(r'viewBox="[^"]*"', svg)
    assert box is not None, "matplotlib writes a viewBox"
    heading = (
        f'<svg {box[0]} role="img" aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>'
    )
    return heading + re.sub(r"\n\s*", "\n", svg[svg.index(">") + 1 :]).replace("\n", " ").strip()


def _own_font(found: re.Match[str]) -> str:
    weight = "; font-weight: bold" if "bold" in found[0] or "700" in found[0] else ""
    return f"font-size: {found[1]}px{weight}"
