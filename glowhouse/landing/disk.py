"""What it takes for a file to be there after the power has failed."""

from __future__ import annotations

import os
from pathlib import Path

from glowhouse.database_file import sync


def make_folder(folder: Path) -> None:
    """Make a folder and the folders above it, each listed durably in its parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def put_in_place(content: bytes, path: Path) -> None:
    """Write a file so that, whenever this is interrupted, it is there with all its content or not at all.

    Raises:
        OSError: it cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(content)
    sync(unfinished)
    unfinished.replace(path)
    sync(path.parent)


def write_all(descriptor: int, content: bytes) -> None:
    """Write everything; one call of the system may write less.

    Raises:
        OSError: not everything could be written.
    """
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
