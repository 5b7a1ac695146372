"""How the report writes values: rounded for people, and exactly for whoever wants to check."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what people read.
        exact: the number as the query gave it; None for everything but numbers.
    """

    text: str
    exact: str | None = None


def cell(column: str, value: object) -> Cell:
    """The cell of a value of a column."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return Cell(rounded(column, value), repr(_plain(value)) if is_number else None)


def rounded(column: str, value: object) -> str:
    """A value as people read it: shares in percent, other fractions to three digits, days as days."""
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value) if column == "seed" else f"{value:,}"
        case float() | Decimal():
            return f"{value:.1%}" if column.endswith("share") else _three_digits(float(value))
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return str(value)


def _three_digits(value: float) -> str:
    if value == 0 or 0.001 <= abs(value) < 1000:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1e}"


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value
