"""Runs dbt as a user would: in a process of its own, on the project in the current folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from glowhouse.errors import GlowhouseError


class BuildError(GlowhouseError):
    """dbt failed, or there is no project to run; the message says what that means."""


def build(warehouse: Path, *arguments: str, variables: Mapping[str, object] | None = None) -> None:
    """Run `dbt build`; its output goes to the terminal.

    Args:
        warehouse: the file that is built.
        arguments: as on the command line.
        variables: dbt vars.

    Raises:
        BuildError: a node failed, or the current folder is not the project's.
    """
    if not Path("dbt_project.yml").is_file():
        raise BuildError(f"There is no dbt_project.yml in {Path.cwd()}. Run this in the root of the project.")
    # In one process dbt would keep the warehouse locked.
    command = [sys.executable, "-m", "dbt.cli.main", "build", *arguments]
    if variables:
        command += ["--vars", json.dumps(variables)]
    environment = os.environ | {"GLOWHOUSE_WAREHOUSE": str(warehouse)}
    if subprocess.run(command, env=environment, check=False).returncode:
        raise BuildError("`dbt build` failed; what was released before stays. Its messages above say why.")
