"""The commands of experiments: options and help. What they do is in the modules they import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures

Warehouse = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="GLOWHOUSE_WAREHOUSE",
        help="The warehouse of the build. Its release, beside it, is read; the warehouse itself is not opened.",
    ),
]


def simulate(
    target: Annotated[Path, typer.Option("--to", help="Folder for the extracts; it is created.", show_default=False)],
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks to play.")] = 8,
    raw: Annotated[
        Path, typer.Option("--raw", envvar="GLOWHOUSE_RAW", help="Extracts of the demo shop; they are copied.")
    ] = Path("seeds/demo"),
    customers: Annotated[int, typer.Option(min=1, help="Size of that shop, as `glowhouse demo` made it.")] = 1500,
    products: Annotated[int, typer.Option(min=50, help="Its number of products.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Its seed.")] = 7,
    warehouse: Warehouse = Path("warehouse.duckdb"),
) -> None:
    """Play an experiment in the demo shop: its customers react to the released recommendations or to bestsellers.

    Everything it writes, and everything computed from it, is labelled as simulated.

    Example: `glowhouse simulate --weeks 8 --to simulated_shop`
    """
    with failures() as console:
        from glowhouse.simulate.command import simulate_shop

        simulate_shop(
            raw,
            warehouse.parent,
            target,
            console,
            weeks=weeks,
            customers=customers,
            products=products,
            seed=seed,
        )


def readout(
    experiment: Annotated[str | None, typer.Option(help="Show only this experiment.", show_default=False)] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw the primary metric day by day into this file (PNG or SVG).", show_default=False),
    ] = None,
    warehouse: Warehouse = Path("warehouse.duckdb"),
) -> None:
    """How the experiments of the release stand: effects with intervals, and what may be concluded.

    Example: `glowhouse readout --picture readout.png`
    """
    with failures() as console:
        from glowhouse.readout import show_readout

        show_readout(warehouse.parent, console, experiment=experiment, picture=picture)
