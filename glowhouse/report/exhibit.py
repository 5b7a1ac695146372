"""What a section of the report consists of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from glowhouse.report.queries import Row

#: Draws rows in a figure so many inches wide.
Draw = Callable[[Sequence[Row], float], Figure]


@dataclass(frozen=True)
class Exhibit:
    """An answer, and how it is shown.

    Attributes:
        query: name of the file under `analyses/`.
        title: what it shows.
        reading: how to read it.
        empty: what it means if there is no row.
        draw: the plot; without one the table is all.
        upright: whether the table shows the only row from top to bottom.
    """

    query: str
    title: str
    reading: str
    empty: str
    draw: Draw | None = None
    upright: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the page; `name` is its anchor."""

    name: str
    title: str
    exhibits: tuple[Exhibit, ...]
