"""Options that several commands have: one name, one environment variable, one default."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

WAREHOUSE: Final = Path("warehouse.duckdb")
Warehouse = Annotated[
    Path,
    typer.Option(
        "--warehouse", envvar="GLOWHOUSE_WAREHOUSE", help="The warehouse of the build; the release lies beside it."
    ),
]
# Safe while a build runs, which holds the warehouse.
WarehouseOfRelease = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="GLOWHOUSE_WAREHOUSE",
        help="The warehouse of the build. Its release, beside it, is read; the warehouse itself is not opened.",
    ),
]

LANDING: Final = Path("landing")
Landing = Annotated[
    Path,
    typer.Option("--landing", envvar="GLOWHOUSE_LANDING", help="The landing zone of the events; it need not exist."),
]

RAW: Final = Path("seeds/demo")
Raw = Annotated[
    Path, typer.Option("--raw", envvar="GLOWHOUSE_RAW", help="Folder with the extracts, one sub-folder a system.")
]


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    json = "json"
    csv = "csv"


Form = Annotated[Format, typer.Option("--format", help="A table to read, or rows for a program.")]
