"""The command line: `glowhouse`. Exit codes: 0 done, 1 failed (with a message), 2 wrong usage.

Each command imports what it needs when it runs, so that `glowhouse --help` answers at once.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_erase import erase
from glowhouse.cli_experiments import readout, simulate, study_app
from glowhouse.cli_failures import failures
from glowhouse.cli_landing import landing_app
from glowhouse.cli_lifecycle import diff, promote, retrain, rollback, runs
from glowhouse.cli_monitor import monitor
from glowhouse.cli_options import LANDING, RAW, WAREHOUSE, Landing, Raw, Warehouse
from glowhouse.cli_recommendations import explain, recommend, similar
from glowhouse.cli_report import report
from glowhouse.cli_serve import serve
from glowhouse.cli_tune import tune

app = typer.Typer(
    name="glowhouse",
    help="Warehouse-native recommendations for beauty shops. `dbt build` builds; these commands bring data in, "
    "check it, and show the result.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
ingest_app = typer.Typer(
    help="Turn public data sets into extracts that `dbt build` reads.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(ingest_app, name="ingest")
app.command()(recommend)
app.command()(simulate)
app.command()(readout)
app.command()(monitor)
app.command()(report)
app.add_typer(study_app, name="study")
app.add_typer(landing_app, name="landing")
app.command()(similar)
app.command()(explain)
app.command()(tune)
app.command()(runs)
app.command()(retrain)
app.command()(promote)
app.command()(rollback)
app.command()(diff)
app.command()(serve)
app.command()(erase)

Source = Annotated[Path, typer.Option("--from", help="Folder with the files of the data set.", show_default=False)]
Target = Annotated[Path, typer.Option("--to", help="Folder for the extracts; it is created.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace extracts that are already there.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"glowhouse {version('glowhouse')}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Warehouse-native recommendations for beauty shops."""


@ingest_app.command("amazon-beauty")
def ingest_amazon_beauty(source: Source, target: Target, force: Force = False) -> None:
    """Amazon Beauty 2014 (5-core): 22,363 customers, 12,101 products, 198,502 purchases by day.

    Example: `glowhouse ingest amazon-beauty --from ~/data/amazon_beauty --to raw_amazon`
    """
    _ingest("amazon-beauty", source, target, force)


@ingest_app.command("sephora")
def ingest_sephora(source: Source, target: Target, force: Force = False) -> None:
    """Sephora skincare: 2,420 products with ingredients and claims, 148,914 ratings without times.

    Example: `glowhouse ingest sephora --from ~/data/sephora_skincare --to raw_sephora`
    """
    _ingest("sephora", source, target, force)


@app.command()
def demo(
    target: Annotated[Path, typer.Option("--to", help="Folder for the extracts; it is created.")],
    customers: Annotated[int, typer.Option(min=1, help="Number of customers.")] = 1500,
    products: Annotated[int, typer.Option(min=50, help="Number of products.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and sizes give the same bytes.")] = 7,
    truth: Annotated[
        Path | None,
        typer.Option(help="Folder for what no source system knows: true needs, bots, duplicates.", show_default=False),
    ] = None,
    force: Force = False,
) -> None:
    """Generate the raw extracts of a made-up shop, dirty on purpose, of any size.

    Example: `glowhouse demo --to big_shop --customers 100000 --products 5000`
    """
    with failures() as console:
        from glowhouse.demo.command import demo as generate_demo

        generate_demo(target, console, customers=customers, products=products, seed=seed, force=force, truth=truth)


@app.command()
def check(
    raw: Raw = RAW,
    landing: Landing = LANDING,
) -> None:
    """Check the raw extracts and the landed events against their contracts and list every problem at once.

    Example: `glowhouse check --raw my_shop`
    """
    with failures() as console:
        from glowhouse.check import check as check_extracts

        if not check_extracts(raw, landing, console):
            raise typer.Exit(1)


@app.command()
def show(
    customer: Annotated[
        list[str] | None, typer.Option(help="Id of a customer to show; may be repeated.", show_default=False)
    ] = None,
    customers: Annotated[int, typer.Option(min=1, max=50, help="How many customers to choose.")] = 3,
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Show some customers: what they bought, what they need, what they are recommended and why; then the evaluation.

    Examples: `glowhouse show`, `glowhouse show --customer C00042`
    """
    with failures() as console:
        from glowhouse.show import show as show_build

        show_build(warehouse, console, customer_ids=customer or (), count=customers)


def _ingest(data_set: str, source: Path, target: Path, force: bool) -> None:
    with failures() as console:
        from glowhouse.ingest.command import ingest

        ingest(data_set, source, target, console, force=force)
