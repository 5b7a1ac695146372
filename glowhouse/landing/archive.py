"""Moves what has landed out of the landing zone."""

from __future__ import annotations

import shutil
from pathlib import Path

from glowhouse.database_file import sync
from glowhouse.landing.disk import make_folder
from glowhouse.landing.errors import LandingError
from glowhouse.landing.segments import segments_of
from glowhouse.landing.zone import LandingZone


def archive_segments(folder: Path, target: Path) -> list[Path]:
    """Move all segments; their events stay known to the zone, so that none of them can land again.

    An interruption leaves a segment in the zone, or in both places, never in none; calling this again finishes.

    Returns:
        where they are now, compressed JSON Lines in the order of their receipt.

    Raises:
        LandingError: a service writes there, there is no zone, or `target` holds another segment of the same name.
        OSError: a segment cannot be moved.
    """
    if not folder.is_dir():
        raise LandingError(f"There is no landing zone '{folder}'.")
    # Opening it closes what is open, and learns which events it holds.
    with LandingZone(folder):
        make_folder(target)
        return [_move(segment.closed_file, target / segment.closed_file.name) for segment in segments_of(folder)]


def _move(source: Path, target: Path) -> Path:
    if target.exists() and target.read_bytes() != source.read_bytes():
        raise LandingError(f"'{target}' exists and is another segment. Archive to another folder.")
    unfinished = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, unfinished)
    sync(unfinished)
    unfinished.replace(target)
    sync(target.parent)
    source.unlink()
    sync(source.parent)
    return target
