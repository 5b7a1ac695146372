"""The commands that ask the released model: options and help. What they do is in the modules they import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    json = "json"
    csv = "csv"


Warehouse = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="GLOWHOUSE_WAREHOUSE",
        help="The warehouse of the build. Its release, beside it, is read; the warehouse itself is not opened.",
    ),
]
Form = Annotated[Format, typer.Option("--format", help="A table to read, or rows for a program.")]


def recommend(
    customer: Annotated[str, typer.Option(help="Id of a customer.", show_default=False)],
    count: Annotated[int | None, typer.Option(min=1, help="How many products.", show_default="all released")] = None,
    form: Form = Format.table,
    warehouse: Warehouse = Path("warehouse.duckdb"),
) -> None:
    """What a customer is recommended, and why.

    Examples: `glowhouse recommend --customer C00042`, `glowhouse recommend --customer C00042 --count 3 --format json`
    """
    with failures() as console:
        from glowhouse.recommend import recommend_to_customer

        recommend_to_customer(warehouse.parent, customer, console, count=count, form=form)
