"""Runs commands on a shop as a user would, to their end or until they are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..conftest import BIN, Shop


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
        _program(shop, command), cwd=shop.folder, env=shop.environment_inside | dict(settings or {}), check=False,
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
            _program(shop, command), cwd=shop.folder, env=shop.environment_inside | dict(settings or {}), stdout=log,
            stderr=log, start_new_session=True,
        )  # fmt: skip
        while process.poll() is None and not is_time():
            time.sleep(0.02)
        was_running = process.poll() is None
        if was_running:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return was_running


def _program(shop: Shop, command: Sequence[str]) -> list[str]:
    shop.check_out()
    return [str(BIN / command[0]), *command[1:]]
