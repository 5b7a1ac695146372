"""Writes what nobody but its owner may read."""

from __future__ import annotations

import os
from pathlib import Path

from glowhouse.database_file import sync
from glowhouse.unfinished import unfinished


def write_privately(content: str, file: Path) -> None:
    """Write a file for its owner's eyes only: all of it or nothing, and on disk when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = unfinished(file)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
    sync(file.parent)
