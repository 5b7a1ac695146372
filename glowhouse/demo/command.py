"""`glowhouse demo`: generates a shop and says what is in it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from glowhouse.demo.config import DemoConfig
from glowhouse.demo.generate import FILES, DemoError, DemoReport, generate


def demo(
    target: Path,
    console: Console,
    *,
    customers: int = 1500,
    products: int = 500,
    seed: int = 7,
    force: bool = False,
    truth: Path | None = None,
) -> DemoReport:
    """Write the extracts of a demo shop to `target` and report on the console.

    `force` replaces a demo shop that is already there; `truth` is a folder for what no source system knows.

    Raises DemoError when a size is out of bounds or the target cannot be used; nothing was changed then.
    """
    try:
        config = DemoConfig(customers=customers, products=products, seed=seed)
    except ValueError as error:
        raise DemoError(f"{error}.") from error
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("customers", total=customers)
        report = generate(
            config,
            target,
            force=force,
            truth_dir=truth,
            progress=lambda done: progress.update(task, completed=done),
        )
    _report(report, target, console)
    return report


def _report(report: DemoReport, target: Path, console: Console) -> None:
    table = Table(title=f"demo shop: extracts in {escape(str(target))}", title_justify="left")
    table.add_column("extract")
    table.add_column("file")
    table.add_column("rows", justify="right")
    for extract, path in FILES.items():
        table.add_row(extract, path, f"{report.rows[extract]:,}")
    console.print(table)
    spoilt = sum(count.dirty for count in report.dirt.values())
    console.print(
        f"{len(report.dirt)} kinds of dirt befell {spoilt:,} rows; {escape(str(target))}/README.md counts each."
    )
    console.print("Next, from the root of the repository:")
    command = f"GLOWHOUSE_RAW={quote(str(target.resolve()))} dbt build"
    console.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)
