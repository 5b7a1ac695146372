"""Names for what is not finished yet: hidden, and marked with the process that is at work on it.

A process that is killed cannot tidy up. Whoever comes next can tell what it left: the process of the name is gone.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

_PATTERN = re.compile(r"\..+\.(?P<process>\d+)\.new(\.wal)?")


def unfinished(path: Path) -> Path:
    """Where to write what will be renamed to `path`, in the same folder and so on the same file system."""
    return path.with_name(f".{path.name}.{os.getpid()}.new")


def sweep(folder: Path) -> None:
    """Remove what processes that are gone have left unfinished in a folder."""
    for path in folder.glob(".*.new*"):
        found = _PATTERN.fullmatch(path.name)
        if found and not _is_running(int(found["process"])):
            remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
