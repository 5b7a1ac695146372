"""`glowhouse serve` as a process: it starts, follows, keeps what it acknowledged, and stops when it is told to."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import duckdb
import pytest

from glowhouse.landing import read

KEY = "back-end-key-of-the-shop"
Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def folder(shop: Path, tmp_path: Path) -> Path:
    """A folder with a release of its own."""
    shutil.copytree(shop.parent / "serving_model", tmp_path / "serving_model")
    shutil.copy(shop.parent / "serving.duckdb", tmp_path)
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts the service; says its process and address. What still runs at the end is killed."""
    processes: list[subprocess.Popen[str]] = []

    def started(*options: str, keys: str = KEY) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-c", "from glowhouse.cli import app; app()", "serve", "--port", "0", *options]
        command += ["--warehouse", str(folder / "warehouse.duckdb"), "--landing", str(folder / "landing")]
        environment = {**os.environ, "GLOWHOUSE_API_KEYS": keys, "COLUMNS": "200"}
        log = (folder / "log").open("a")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        processes.append(process)
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, (folder / "log").read_text()
        until_true(lambda: ask(found.group(), "/health")[0] == 200)
        return process, found.group()

    yield started
    for process in processes:
        process.kill()
        process.wait()


def ask(at: str, path: str, body: object = None, method: str | None = None, key: str | None = KEY) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(at + path, data, headers, method=method), timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, None


def until_true(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "it did not happen within a minute"
        time.sleep(0.05)


def test_it_serves_follows_survives_and_stops(start: Start, folder: Path) -> None:
    process, at = start()
    list_of_one = ask(at, "/v1/customers/ann/recommendations?count=1")[1]
    event = {"event_id": str(uuid4()), "session_id": "s", "event_type": "impression"}
    event["tracking"] = list_of_one["items"][0]["tracking"]
    assert ask(at, "/v1/events", {"events": [event]}) == (200, {"landed": 1, "known": 0})
    assert ask(at, "/v1/customers/bob/exclusions/perfume", method="PUT")[0] == 200

    shutil.copy(folder / "serving.duckdb", folder / "new")
    with duckdb.connect(str(folder / "new")) as connection:
        connection.execute("update release set release_id = 'second'")
    (folder / "new").replace(folder / "serving.duckdb")
    until_true(lambda: ask(at, "/health")[1]["release_id"] == "second")

    process.kill()
    process.wait()
    process, at = start()
    # The same secret: what was signed before is good after.
    assert ask(at, "/v1/events", {"events": [event]}) == (200, {"landed": 0, "known": 1})
    assert [one["term"] for one in ask(at, "/v1/customers/bob/exclusions")[1]["exclusions"]] == ["fragrance"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0

    assert [event.event_type for event in read(folder / "landing")] == ["impression", "exclude_ingredient"]
    assert (folder / "landing" / ".secret").stat().st_mode & 0o777 == 0o600
    log = (folder / "log").read_text()
    assert "GET /v1/customers/{customer_id}/recommendations 200" in log
    assert "/ann" not in log and "perfume" not in log and KEY not in log
