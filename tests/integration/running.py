"""Runs commands on a shop as a user would, or kills them on the way; reads the release meanwhile as BI would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ..conftest import BIN, ROOT, Shop

# A process of its own: opens both files of the release and counts, until it is told to stop.
READER = """
import sys, time, pathlib, duckdb
folder, stop = map(pathlib.Path, sys.argv[1:])
count = "select count(*), 10 * count(distinct customer_id), count(distinct model_run_id) from "
reads = 0
while not stop.exists():
    with duckdb.connect(str(folder / "serving.duckdb"), read_only=True) as connection:
        found = connection.execute(count + "recommendations").fetchall()
    with duckdb.connect() as connection:
        found += connection.execute(count + f"'{folder}/recommendations.parquet'").fetchall()
    assert all(rows == expected > 0 and runs == 1 for rows, expected, runs in found), found
    reads += 1
    time.sleep(0.3)
print(reads)
"""


@dataclass(frozen=True)
class Finished:
    """What a command that came to its end said, errors included."""

    code: int
    said: str


def run(shop: Shop, *command: str, settings: Mapping[str, str] | None = None) -> Finished:
    """Run `dbt` or `glowhouse`.

    Args:
        settings: environment variables besides the shop's own.
    """
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, env=_environment(shop, settings), check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return Finished(done.returncode, done.stdout)


def killed(shop: Shop, is_time: Callable[[], bool], *command: str, settings: Mapping[str, str] | None = None) -> bool:
    """Run a command and, when it is time, `kill -9` it and all that it started.

    Returns:
        whether it was still running.
    """
    with (shop.folder / "killed.log").open("w") as log:
        process = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]], cwd=ROOT, env=_environment(shop, settings),
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        while process.poll() is None and not is_time():
            time.sleep(0.02)
        was_running = process.poll() is None
        if was_running:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return was_running


@contextmanager
def read_all_the_while(shop: Shop) -> Iterator[None]:
    """Another process reads the release again and again; fails if it ever met an error, or half a release."""
    stop = shop.folder / "stop"
    reader = subprocess.Popen([sys.executable, "-c", READER, str(shop.folder), str(stop)], stdout=subprocess.PIPE)
    try:
        yield
    finally:
        stop.touch()
        reads, _ = reader.communicate(timeout=30)
    assert reader.returncode == 0
    print(f"the release was read {int(reads)} times")
    assert int(reads) > 20


def _environment(shop: Shop, settings: Mapping[str, str] | None) -> dict[str, str]:
    paths = {"DBT_TARGET_PATH": str(shop.folder / "target"), "DBT_LOG_PATH": str(shop.folder / "logs")}
    return shop.environment | paths | dict(settings or {})
