"""Runs dbt as a user would: in a process of its own, on the project in the current folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from glowhouse.errors import GlowhouseError

#: As a module (`python -m dbt.cli.main`) it would be imported twice, and warn of it.
_DBT: Final = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
#: They test the project's SQL on made-up rows, and would say the same of every shop.
_WITHOUT_UNIT_TESTS: Final = ("--exclude-resource-type", "unit_test")


class BuildError(GlowhouseError):
    """dbt failed, or there is no project to run; the message says what that means."""


def build(warehouse: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> None:
    """Run `dbt build` on the shop's data; its output goes to the terminal.

    Args:
        warehouse: the file that is built.
        arguments: as on the command line.
        settings: environment variables that the project reads.

    Raises:
        BuildError: a node failed, or the current folder is not the project's.
    """
    if not Path("dbt_project.yml").is_file():
        raise BuildError(f"There is no dbt_project.yml in {Path.cwd()}. Run this in the root of the project.")
    # In one process dbt would keep the warehouse locked.
    command = [*_DBT, "build", *_WITHOUT_UNIT_TESTS, *arguments]
    environment = os.environ | {"GLOWHOUSE_WAREHOUSE": str(warehouse)} | dict(settings or {})
    if subprocess.run(command, env=environment, check=False).returncode:
        raise BuildError("`dbt build` failed; what was released before stays. Its messages above say why.")
