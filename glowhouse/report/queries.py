"""The queries of the report: dbt compiles what lies under `analyses/`, and the warehouse answers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import yaml

from glowhouse.errors import GlowhouseError

Row = dict[str, Any]

FOLDER: Final = Path("analyses")


class ReportError(GlowhouseError):
    """The warehouse is missing or busy, or the queries cannot be compiled; the message says what to do."""


@dataclass(frozen=True)
class Query:
    """A query of the report.

    Attributes:
        name: of its file under `analyses/`, without the ending.
        description: one sentence, from `_analyses.yml`.
        source: as it is written.
        sql: compiled: plain SQL for the warehouse.
    """

    name: str
    description: str
    source: str
    sql: str

    @property
    def path(self) -> str:
        """Where it lies in the project."""
        return (FOLDER / f"{self.name}.sql").as_posix()


@dataclass(frozen=True)
class Answer:
    """What the warehouse answered.

    Attributes:
        query: that was asked.
        columns: their names, in their order.
        rows: in the query's order.
        missing: the table, or one column too few, that this warehouse does not have, if that is why there are no rows.
    """

    query: Query
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    missing: str | None = None


def compiled_queries(warehouse: Path) -> dict[str, Query]:
    """Every query under `analyses/` of the project in the current folder, by name.

    Raises:
        ReportError: the current folder is not the project's, or dbt cannot compile a query.
    """
    if not Path("dbt_project.yml").is_file():
        raise ReportError(f"There is no dbt_project.yml in {Path.cwd()}. Run this in the root of the project.")
    # Partial parsing makes this quick where the project's own target is used, as by any other command of dbt.
    target = Path(os.environ.get("DBT_TARGET_PATH", "target"))
    command = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--quiet", "compile", "--no-introspect",
               "--no-populate-cache", "--select", "resource_type:analysis", "--target-path", str(target)]  # fmt: skip
    environment = os.environ | {"GLOWHOUSE_WAREHOUSE": str(warehouse)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReportError(f"dbt could not compile the queries under {FOLDER}/:\n{(done.stdout + done.stderr).strip()}")
    described = yaml.safe_load((FOLDER / "_analyses.yml").read_text(encoding="utf-8"))["analyses"]
    return {entry["name"]: _query(entry["name"], entry["description"], target) for entry in described}


def _query(name: str, description: str, target: Path) -> Query:
    compiled = next(target.glob(f"compiled/*/{FOLDER}/{name}.sql"), None)
    if compiled is None:
        raise ReportError(f"{FOLDER}/_analyses.yml describes {name}, of which there is no file.")
    source = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return Query(name, description, source.strip(), compiled.read_text(encoding="utf-8"))


@contextmanager
def opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse of a finished build, to be read only.

    Raises:
        ReportError: it is missing, or a build is using it.
    """
    if not warehouse.is_file():
        raise ReportError(f"There is no warehouse at {warehouse} yet. Run `dbt build` first.")
    try:
        # One thread adds up in one order, so that the same warehouse gives the same digits.
        connection = duckdb.connect(str(warehouse), read_only=True, config={"threads": 1})
    except duckdb.IOException as error:
        raise ReportError(f"{warehouse} cannot be opened; a build may be using it. Wait until it is done.") from error
    with connection:
        yield connection


def ask(connection: duckdb.DuckDBPyConnection, query: Query) -> Answer:
    """The query's answer; empty, with what is missing, if an earlier version built the warehouse without it.

    Raises:
        ReportError: the query fails for another reason.
    """
    try:
        found = connection.execute(query.sql)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        return Answer(query, (), (), missing=_missing(error))
    except duckdb.Error as error:
        raise ReportError(f"{query.path} fails on this warehouse. Run `dbt build`, then again. ({error})") from error
    columns = tuple(column[0] for column in found.description or ())
    rows = tuple(dict(zip(columns, row, strict=True)) for row in found.fetchall())
    return Answer(query, columns, rows)


def _missing(error: duckdb.Error) -> str:
    # "Table with name X does not exist", 'Referenced column "X" not found', 'does not have a column named "X"'.
    found = re.search(r'(?:with name|column named|column) "?(\w+)', str(error))
    return found[1] if found else "what this needs"
