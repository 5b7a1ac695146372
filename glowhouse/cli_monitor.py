"""The command that shows how the deployed model does: options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import WAREHOUSE, WarehouseOfRelease


def monitor(
    closed: Annotated[bool, typer.Option("--closed", help="Also show alerts that are over.")] = False,
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw drift by feature and clicks by day into this file (PNG or SVG).", show_default=False),
    ] = None,
    warehouse: WarehouseOfRelease = WAREHOUSE,
) -> None:
    """What is wrong with the deployed model: alerts of the release, since when, how bad, and what to do.

    Example: `glowhouse monitor --picture monitor.png`
    """
    with failures() as console:
        from glowhouse.monitor import show_alerts

        show_alerts(warehouse.parent, console, closed=closed, picture=picture)
