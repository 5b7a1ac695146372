"""Prints rows for people (a table) and for machines (JSON, CSV)."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rich.table import Table
from rich.text import Text

from glowhouse.cli_options import Format
from glowhouse.serving import Item

LONGEST_NAME = 80


def print_rows(rows: Sequence[Mapping[str, Any]], form: Format) -> None:
    """Prints rows to standard output as JSON (a list of objects) or CSV (with a header), without colours."""
    if form is Format.json:
        print(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1, default=_as_json))
    elif rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def recommendation_table(items: Sequence[Item], title: str) -> Table:
    """Products with what they cost, why they are recommended and what made their score.

    Reason and score stand under the product: beside it, an 80-column terminal would break them word by word.
    """
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for item in items:
        facts = item.facts
        lines = Text.assemble(
            shortened(item.product.title), " ", (f"({item.product.product_id})", "dim"),
            "\n", facts["reason"],
            *(("\n", (facts["caution"], "yellow")) if facts.get("caution") else ()),
            "\n", (score_line(facts["score"], item.score_parts), "dim"),
        )  # fmt: skip
        price = "" if item.product.price_eur is None else f"{item.product.price_eur:.2f} EUR"
        table.add_row(str(facts["rank"]), lines, price)
    return table


def score_line(score: float, parts: Mapping[str, float]) -> str:
    """A score and what it is made of: `score 0.812 = collaborative 0.512 + content 0.300`."""
    summands = " + ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in parts.items())
    return f"score {score:.3f}" + (f" = {summands}" if summands else "")


def shortened(product: str) -> str:
    """A product's name, cut where a marketplace's title would fill the screen."""
    return product if len(product) <= LONGEST_NAME else f"{product[: LONGEST_NAME - 1].rstrip()}…"


def _as_json(value: object) -> str | float:
    """What JSON has no word for: moments and decimal numbers."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)
