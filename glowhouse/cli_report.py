"""The command that shows a whole build on one page: options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import WAREHOUSE, Warehouse


def report(
    target: Annotated[Path, typer.Option("--to", help="The page to write; it is replaced whole.")] = Path(
        "report.html"
    ),
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Show a build on one page: data quality, customers and products, evaluation, experiment, monitoring.

    One HTML file that needs nothing else: open it, print it, send it. Each plot names its query under `analyses/`.

    Examples: `glowhouse report`, `glowhouse report --to monday.html --warehouse shop/warehouse.duckdb`
    """
    with failures() as console:
        from glowhouse.report.command import write_report

        write_report(warehouse, target, console)
