"""Runs the application until it is told to stop."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import uvicorn
from rich.console import Console

from glowhouse.errors import GlowhouseError
from glowhouse.service.app import Options, create_app

# How long requests that have begun may take after the service was told to stop.
GRACE_SECONDS = 10


class ServerError(GlowhouseError):
    """The service could not start; the message says why."""


def run(folder: Path, options: Options, host: str, port: int, console: Console) -> None:
    """Serve the release in a folder until the process is told to stop (SIGINT or SIGTERM).

    Requests that have begun are answered first.

    Raises:
        GlowhouseError: there is no release that can be opened, or the address is taken.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app(folder, options)
    with _bound(host, port) as bound:
        at = f"http://{f'[{host}]' if ':' in host else host}:{bound.getsockname()[1]}"
        # uvicorn's own log of requests holds whole paths, and so ids of customers.
        config = uvicorn.Config(
            app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS, server_header=False
        )
        server = uvicorn.Server(config)
        console.print(f"Serving {folder.resolve()} at {at}{' (demo)' if options.is_demo else ''}", soft_wrap=True)
        server.run(sockets=[bound])
    if not server.started:
        raise ServerError("The service could not start; the log says why.")


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ServerError(f"Cannot bind to {host}, port {port}: {error.strerror}.") from error
