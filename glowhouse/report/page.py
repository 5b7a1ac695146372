"""The page: answers, drawn and in tables, in one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

import jinja2
from markupsafe import Markup

from glowhouse.report.canvas import NARROW, WIDE, as_svg, style, words
from glowhouse.report.exhibit import Exhibit
from glowhouse.report.numbers import Cell, cell
from glowhouse.report.queries import Answer
from glowhouse.report.sections import SECTIONS

SIMULATED: Final = "is_simulated"


@dataclass(frozen=True)
class Shown:
    """An exhibit, ready for the page.

    Attributes:
        exhibit: what it is.
        answer: what it shows.
        wide: the plot for screens and paper, or None.
        narrow: the plot for phones, or None.
    """

    exhibit: Exhibit
    answer: Answer
    wide: Markup | None
    narrow: Markup | None

    @property
    def is_simulated(self) -> bool:
        """Whether a simulator made any of what is shown."""
        return any(row.get(SIMULATED) for row in self.answer.rows)

    @property
    def columns(self) -> list[str]:
        """The columns of the table."""
        return [column for column in self.answer.columns if column != SIMULATED]

    def cells(self) -> list[list[Cell]]:
        """The rows of the table."""
        return [[cell(column, row[column]) for column in self.columns] for row in self.answer.rows]


def shown(exhibit: Exhibit, answer: Answer) -> Shown:
    """Draw an answer, once for screens and once for phones, on which the same picture would be too small to read."""
    if exhibit.draw is None or not answer.rows:
        return Shown(exhibit, answer, None, None)
    drawn = []
    with style():
        for size, width in (("wide", WIDE), ("narrow", NARROW)):
            figure = exhibit.draw(answer.rows, width)
            drawn.append(Markup(as_svg(figure, f"{exhibit.query}-{size}", exhibit.title, exhibit.reading)))
    return Shown(exhibit, answer, *drawn)


def page(exhibits: Mapping[str, Shown]) -> str:
    """The whole page.

    Args:
        exhibits: by the name of their query; every one that a section names.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("glowhouse.report", "."), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["words"] = words
    own_style = resources.files("glowhouse.report").joinpath("page.css").read_text(encoding="utf-8")
    facts = exhibits["release_facts"].answer.rows
    return environment.get_template("page.html").render(
        style=Markup(own_style),
        sections=[(section, [exhibits[each.query] for each in section.exhibits]) for section in SECTIONS],
        facts=facts[0] if facts else None,
        alerts=exhibits["open_alerts"].answer,
        is_simulated=any(each.is_simulated for each in exhibits.values()),
    )
