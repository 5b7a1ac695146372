"""`glowhouse landing`: what has landed, and how to make room."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.table import Table
from rich.text import Text

from glowhouse.landing.archive import archive_segments
from glowhouse.landing.status import status_of


def show_status(folder: Path, console: Console) -> None:
    """Print what a landing zone holds.

    Raises:
        OSError: a segment cannot be read.
    """
    if not folder.is_dir():
        console.print(
            Text(f"There is no landing zone '{folder}': nothing has landed, and a build reads the extracts alone.")
        )
        return
    status = status_of(folder)
    received = status.last_received_at
    table = Table(title=Text(f"Landing zone {folder}"), title_justify="left", show_header=False)
    table.add_row("segments", f"{status.closed_segments} compressed, {status.open_segments} open")
    table.add_row("events", f"{status.events:,}")
    table.add_row("bytes on disk", f"{status.stored_bytes:,}")
    table.add_row("last received", f"{received:%Y-%m-%d %H:%M:%S} UTC" if received else "never")
    console.print(table)


def archive(folder: Path, target: Path, console: Console) -> None:
    """Move all segments out of a landing zone, and say how to use them.

    Raises:
        LandingError: a service writes there, there is no zone, or `target` holds other segments.
        OSError: a segment cannot be moved.
    """
    moved = archive_segments(folder, target)
    console.print(Text(f"{len(moved)} segments moved to {target}. The next build reads them no more."))
    if moved:
        console.print(Text(f"They are one extract when put together: cat {quote(str(target))}/*.jsonl.gz"))
