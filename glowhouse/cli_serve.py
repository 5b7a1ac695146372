"""The command that serves: options and help. What it does is in `glowhouse.service`."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import LANDING, WAREHOUSE, Landing, WarehouseOfRelease


def serve(
    host: Annotated[
        str, typer.Option(help="Address to bind to. Beyond this machine, API keys are needed.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to bind to; 0 for any that is free.")] = 8000,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            help="The storefront may be any customer, and the clock starts when the release was made. "
            "On this machine only.",
        ),
    ] = False,
    clock: Annotated[
        datetime | None,
        typer.Option(
            envvar="GLOWHOUSE_CLOCK", help="When it is now (UTC); time goes on from there.", show_default="now"
        ),
    ] = None,
    warehouse: WarehouseOfRelease = WAREHOUSE,
    landing: Landing = LANDING,
    landing_max_bytes: Annotated[
        int,
        typer.Option(envvar="GLOWHOUSE_LANDING_MAX_BYTES", min=64 << 20, help="How large the landing zone may become."),
    ] = 10 << 30,
) -> None:
    """Serve the release over HTTP: an API, a storefront, and a widget for the shop's own site.

    A new release is served as soon as it is published. `GLOWHOUSE_API_KEYS`, `GLOWHOUSE_SECRET` and
    `GLOWHOUSE_ALLOWED_ORIGINS` are read from the environment: see docs/service.md.

    Example: `glowhouse serve --demo`
    """
    with failures() as console:
        from glowhouse.service.server import run
        from glowhouse.service.settings import options_of

        options = options_of(
            os.environ, host=host, is_demo=demo, moment=clock, release=warehouse.parent, landing=landing
        )
        run(warehouse.parent, landing, landing_max_bytes, options, host, port, console)
