"""`glowhouse erase`: options and help. What it does is in `glowhouse/erasure`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import LANDING, RAW, WAREHOUSE, Landing, Raw, Warehouse


def erase(
    customer: Annotated[
        str, typer.Argument(help="Id of an account, number of a card, or e-mail address.", show_default=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be erased; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before erasing.")] = False,
    lift: Annotated[
        bool, typer.Option("--lift", help="Let this identifier in again: its owner, once erased, has come back.")
    ] = False,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            help="A further folder with data: archived events, rating sheets. May be repeated.", show_default=False
        ),
    ] = None,
    warehouse: Warehouse = WAREHOUSE,
    landing: Landing = LANDING,
    raw: Raw = RAW,
) -> None:
    """Erase a customer everywhere, keep them out of every later load, and prove it by a search of all data.

    The service must be stopped, and no build may run. The shop's own extracts are not changed: tombstones keep what
    they say of the customer from being loaded. If this is interrupted, run it again.

    Examples: `glowhouse erase C00042 --dry-run`, `glowhouse erase anna@example.com`,
    `glowhouse erase C00042 --yes --also archive/2026-11`
    """
    with failures() as console:
        from glowhouse.erasure import command
        from glowhouse.erasure.data_folder import DataFolder

        data = DataFolder(warehouse, landing, raw, tuple(also or ()))
        if lift:
            command.lift(customer, data, console)
            return
        command.erase(
            customer, data, console, is_trial=dry_run, is_sure=lambda: yes or typer.confirm("Erase all of this?")
        )
