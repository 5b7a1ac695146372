"""`glowhouse check`: every problem of the raw extracts at once, before a build stops at the first."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from glowhouse.extracts import check_extracts, load_contracts

COLOURS = {"error": "red", "warning": "yellow"}


def check(raw: Path, landing: Path, console: Console) -> bool:
    """Prints what is wrong with the extracts in `raw` and the events in `landing`.

    Returns:
        whether a build will find everything it needs.

    Raises:
        ExtractError: the contracts cannot be found, because this is not the root of the repository.
    """
    contracts = load_contracts()
    problems = check_extracts(raw, contracts, landing)
    if problems:
        table = Table(title=Text(f"Problems of the extracts in {raw}"), title_justify="left", show_lines=True)
        table.add_column("severity")
        table.add_column("extract")
        table.add_column("problem", overflow="fold")
        for problem in problems:
            severity = Text(problem.severity, style=COLOURS[problem.severity])
            table.add_row(severity, Text(problem.extract), Text(problem.message))
        console.print(table)
    errors = sum(problem.severity == "error" for problem in problems)
    console.print(f"{len(contracts)} extracts checked: {errors} errors, {len(problems) - errors} warnings.")
    return not errors
