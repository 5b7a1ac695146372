"""`glowhouse report`: ask the warehouse, draw, write."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from glowhouse.database_file import sync
from glowhouse.report.page import page, shown
from glowhouse.report.queries import ask, compiled_queries, opened
from glowhouse.report.sections import SECTIONS


def write_report(warehouse: Path, target: Path, console: Console) -> None:
    """Write the report of a finished build. What was at `target` stays until the new report is whole.

    Raises:
        ReportError: the warehouse is missing or busy, or a query cannot be compiled.
        OSError: the file cannot be written.
    """
    exhibits = [exhibit for section in SECTIONS for exhibit in section.exhibits]
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console, transient=True
    )
    with progress:
        steps = progress.add_task("compiling the queries", total=len(exhibits))
        drawn = {}
        # First, because a missing or busy warehouse is known at once, and dbt does not open it to compile.
        with opened(warehouse) as connection:
            queries = compiled_queries(warehouse)
            for exhibit in exhibits:
                progress.update(steps, description=exhibit.title)
                drawn[exhibit.query] = shown(exhibit, ask(connection, queries[exhibit.query]))
                progress.advance(steps)
    _replace(target, page(drawn))
    absent = sum(not each.answer.rows for each in drawn.values())
    console.print(
        f"Written: {escape(str(target))} ({len(drawn) - absent} plots and tables; {absent} have nothing to show)."
    )


def _replace(target: Path, text: str) -> None:
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.write_text(text, encoding="utf-8")
        sync(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
