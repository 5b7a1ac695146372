"""Runs the application until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
from datetime import UTC
from pathlib import Path

import uvicorn
from rich.console import Console

from glowhouse.errors import GlowhouseError
from glowhouse.landing import LandingZone
from glowhouse.service.app import Options, create_app

# How long requests that have begun may take after the service was told to stop.
GRACE_SECONDS = 10


class ServerError(GlowhouseError):
    """The service could not start; the message says why."""


def run(
    folder: Path,
    landing_folder: Path,
    landing_max_bytes: int,
    options: Options,
    host: str,
    port: int,
    console: Console,
) -> None:
    """Serve the release in a folder, and let events land in another, until the process is told to stop by a signal.

    Requests that have begun are answered first.

    Raises:
        GlowhouseError: there is no release that can be opened, the address is taken, or another process writes to the
            landing zone.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with (
        _bound(host, port) as bound,
        LandingZone(
            landing_folder, max_bytes=landing_max_bytes, clock=lambda: options.clock().replace(tzinfo=UTC)
        ) as zone,
    ):
        at = f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
        # uvicorn's own log of requests holds whole paths, and so ids of customers.
        config = uvicorn.Config(
            create_app(folder, zone, options),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            server_header=False,
        )
        server = uvicorn.Server(config)
        console.print(f"Serving {folder.resolve()} at {at}{' (demo)' if options.is_demo else ''}", soft_wrap=True)
        # uvicorn stops in good order and then lets the signal have its usual effect: too early for what is open here.
        for stop in (signal.SIGINT, signal.SIGTERM):
            signal.signal(stop, lambda *_: None)
        server.run(sockets=[bound])
    if not server.started:
        raise ServerError("The service could not start; the log says why.")


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ServerError(f"Cannot bind to {host}, port {port}: {error.strerror}.") from error
