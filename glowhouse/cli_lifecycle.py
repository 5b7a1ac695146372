"""The commands of a model's life: options and help. What they do is in the modules they import."""

from __future__ import annotations

from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import WAREHOUSE, Form, Format, Warehouse


def runs(warehouse: Warehouse = WAREHOUSE) -> None:
    """List the model runs with their states, and the releases that can be restored.

    Example: `glowhouse runs`
    """
    with failures() as console:
        from glowhouse.lifecycle import show_runs

        show_runs(warehouse.parent, console)


def retrain(
    if_needed: Annotated[
        bool, typer.Option("--if-needed", help="Only if a trigger asks for it: drift, new purchases, age.")
    ] = False,
    skip_build: Annotated[
        bool, typer.Option("--skip-build", help="Do not build first: `dbt build` has just been run.")
    ] = False,
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Build, train a challenger, compare it with the champion, and release it if the gate lets it through.

    Examples: `glowhouse retrain`, `glowhouse retrain --if-needed` (what a scheduler runs each night)
    """
    with failures() as console:
        from glowhouse.retrain import retrain as retrain_run

        retrain_run(warehouse, console, if_needed=if_needed, is_built=skip_build)


def promote(
    run: Annotated[str, typer.Argument(help="Id of the run, see `glowhouse runs`.", show_default=False)],
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Make a run champion, past the gate, and release its recommendations.

    Example: `glowhouse promote run_2c867ed02919066c`
    """
    with failures() as console:
        from glowhouse.lifecycle import promote as promote_run

        promote_run(warehouse, run, console)


def rollback(
    to: Annotated[
        str | None, typer.Option("--to", help="Id of the release.", show_default="the one before the live one")
    ] = None,
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Put a release of the past back, byte for byte, and make its run champion again. Needs no build.

    Examples: `glowhouse rollback`, `glowhouse rollback --to rel_e702e121ff7ce8d8`
    """
    with failures() as console:
        from glowhouse.lifecycle import rollback as roll_back

        roll_back(warehouse.parent, to, console)


def diff(
    before: Annotated[
        str | None, typer.Argument(help="Id of a release, or a folder with one.", show_default="the one before")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(help="Id of a release, or a folder with one.", show_default="the live one")
    ] = None,
    form: Form = Format.table,
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown, for a pull request.")] = False,
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Show what changes for customers between two releases: overlap of their lists by slice, and examples.

    Examples: `glowhouse diff`, `glowhouse diff rel_e702e121ff7ce8d8`, `glowhouse diff ../main_build . --markdown`
    """
    with failures() as console:
        from glowhouse.diff import show_diff

        show_diff(warehouse.parent, before, after, console, form, markdown)
