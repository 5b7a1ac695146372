"""The commands of the landing zone: options and help. What they do is in the modules they import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import LANDING, Landing

landing_app = typer.Typer(
    help="The landing zone: events of app and site that wait for the next `dbt build`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@landing_app.command("status")
def landing_status(landing: Landing = LANDING) -> None:
    """What has landed: segments, events, bytes, and when the last event was received.

    A service may be writing meanwhile.

    Examples: `glowhouse landing status`, `glowhouse landing status --landing /data/shop/landing`
    """
    with failures() as console:
        from glowhouse.landing.commands import show_status

        show_status(landing, console)


@landing_app.command("archive")
def landing_archive(
    target: Annotated[Path, typer.Option("--to", help="Folder for the segments; it is created.", show_default=False)],
    landing: Landing = LANDING,
) -> None:
    """Move all segments out of the landing zone, once the shop's own extract of app.events holds their events.

    The next build does not read them any more. An archived event that is sent again is still recognised. The service
    must not run.

    Example: `glowhouse landing archive --to archive/2026-11`
    """
    with failures() as console:
        from glowhouse.landing.commands import archive

        archive(landing, target, console)
