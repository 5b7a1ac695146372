"""The commands of experiments: options and help. What they do is in the modules they import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import RAW, WAREHOUSE, Warehouse, WarehouseOfRelease


def simulate(
    target: Annotated[Path, typer.Option("--to", help="Folder for the extracts; it is created.", show_default=False)],
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks to play.")] = 8,
    raw: Annotated[
        Path, typer.Option("--raw", envvar="GLOWHOUSE_RAW", help="Extracts of the demo shop; they are copied.")
    ] = RAW,
    customers: Annotated[int, typer.Option(min=1, help="Size of that shop, as `glowhouse demo` made it.")] = 1500,
    products: Annotated[int, typer.Option(min=50, help="Its number of products.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Its seed.")] = 7,
    drift_week: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="From this week on, young newcomers of one country join and needs change: does the monitor see it?",
            show_default=False,
        ),
    ] = None,
    by_week: Annotated[
        bool, typer.Option("--by-week", help="Write the extracts as they are after each week: week_1, week_2, …")
    ] = False,
    warehouse: WarehouseOfRelease = WAREHOUSE,
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
            drift_week=drift_week,
            by_week=by_week,
        )


def readout(
    experiment: Annotated[str | None, typer.Option(help="Show only this experiment.", show_default=False)] = None,
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw the primary metric day by day into this file (PNG or SVG).", show_default=False),
    ] = None,
    warehouse: WarehouseOfRelease = WAREHOUSE,
) -> None:
    """How the experiments of the release stand: effects with intervals, and what may be concluded.

    Example: `glowhouse readout --picture readout.png`
    """
    with failures() as console:
        from glowhouse.readout import show_readout

        show_readout(warehouse.parent, console, experiment=experiment, picture=picture)


study_app = typer.Typer(
    help="Ask a group of customers: a blind rating sheet of the model's and the bestsellers' lists, and what it says.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@study_app.command("sheet")
def study_sheet(
    sheet: Annotated[Path, typer.Option("--to", help="The sheet to fill in (CSV).", show_default=False)],
    key: Annotated[Path, typer.Option(help="Which list each product is from (CSV).", show_default=False)],
    customer: Annotated[
        list[str] | None, typer.Option(help="Id of a customer who takes part; may be repeated.", show_default=False)
    ] = None,
    customers: Annotated[int, typer.Option(min=1, help="How many customers to draw otherwise.")] = 30,
    count: Annotated[int, typer.Option(min=2, help="Products a customer.")] = 10,
    name: Annotated[str, typer.Option(help="Name of the study: the same name, the same sheet.")] = "study",
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Write a rating sheet: both lists interleaved by team draft, nothing tells them apart.

    Example: `glowhouse study sheet --to ratings.csv --key key.csv --customers 30`
    """
    with failures() as console:
        from glowhouse.user_study import make_sheet

        make_sheet(
            warehouse, sheet, key, console, customer_ids=customer or (), customers=customers, count=count, salt=name
        )


@study_app.command("read")
def study_read(
    sheet: Annotated[Path, typer.Option(help="The filled sheet.", show_default=False)],
    key: Annotated[Path, typer.Option(help="Its key.", show_default=False)],
) -> None:
    """Compare the ratings of the two lists, within each person.

    Example: `glowhouse study read --sheet ratings.csv --key key.csv`
    """
    with failures() as console:
        from glowhouse.user_study import read_sheet

        read_sheet(sheet, key, console)
