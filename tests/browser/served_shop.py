"""`glowhouse serve --demo` as a process, and the pages of another site beside it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb

from glowhouse.landing import Event, read
from tests.conftest import BIN, Shop

ANNOUNCED = re.compile(r"at (http://127\.0\.0\.1:\d+)")


@dataclass(frozen=True)
class ServedShop:
    """A shop with its service.

    Attributes:
        folder: of the release; the service's own copy, which a test may replace as a build would.
        landing: folder of the landing zone.
        address: of the service, without a path.
    """

    folder: Path
    landing: Path
    address: str

    def events(self) -> list[Event]:
        """Everything that was written down, in the order of its receipt."""
        return list(read(self.landing))

    def ask(self, path: str, method: str = "GET", body: object = None) -> Any:
        """The service's answer, asked beside the browser."""
        headers = {"Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def customers(self) -> list[str]:
        """Customers of the demo, by id."""
        return list(self.ask("/v1/demo")["customers"])

    def token(self, customer_id: str) -> str:
        """What the shop's back end would hand to the customer's browser."""
        return str(self.ask(f"/v1/customers/{customer_id}/token", "POST")["token"])

    def change_release(self, *statements: str) -> None:
        """Publishes the release with changes, whole, as a build publishes."""
        changed = self.folder / "next.duckdb"
        shutil.copy(self.folder / "serving.duckdb", changed)
        with duckdb.connect(str(changed)) as connection:
            for statement in statements:
                connection.execute(statement)
        changed.replace(self.folder / "serving.duckdb")


@contextmanager
def served(shop: Shop, folder: Path, *, origins: str = "") -> Iterator[ServedShop]:
    """Serves a copy of the shop's release until the end."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(shop.serving, folder / "serving.duckdb")
    shutil.copytree(shop.folder / "serving_model", folder / "serving_model", dirs_exist_ok=True)
    with serving(folder, folder / "landing", origins=origins) as started:
        yield started


@contextmanager
def serving(folder: Path, landing: Path, *, origins: str = "", clock: str | None = None) -> Iterator[ServedShop]:
    """Serves the release in a folder until the end; the clock starts at a moment, by default at the release's."""
    command = [
        str(BIN / "glowhouse"), "serve", "--demo", "--port", "0",
        "--warehouse", str(folder / "warehouse.duckdb"), "--landing", str(landing),
        *(["--clock", clock] if clock else []),
    ]  # fmt: skip
    environment = os.environ | {"GLOWHOUSE_ALLOWED_ORIGINS": origins, "GLOWHOUSE_THREADS": "1", "NO_COLOR": "1"}
    with (folder / "service.log").open("w+") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        assert process.stdout is not None
        try:
            announced = ANNOUNCED.search(process.stdout.readline())
            log.seek(0)
            assert announced, log.read()
            yield ServedShop(folder, landing, announced[1])
        finally:
            process.terminate()
            process.wait(timeout=30)


@dataclass
class Site:
    """Another site, on a port of its own, with one page."""

    address: str
    page: str = field(default="")


@contextmanager
def other_site() -> Iterator[Site]:
    """A site whose page a test writes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_page = self.path == "/"
            self.send_response(200 if is_page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(site.page.encode() if is_page else b"")

        def log_message(self, *_: object) -> None:
            """Says nothing: pytest has its own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
