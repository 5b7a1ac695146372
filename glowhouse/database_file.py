"""Writes tables to a DuckDB file that any client can open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

#: Every DuckDB client since 1.0 can open a file of this version.
STORAGE_VERSION = "v1.0.0"


def write_database(tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write tables to a new file, which is on disk when this returns.

    Raises:
        OSError: the file cannot be written.
    """
    path.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{quoted(path)}' as new (storage_version '{STORAGE_VERSION}')")
        for name, rows in tables.items():
            connection.register("incoming", rows)
            connection.execute(f'create table new.main."{name}" as select * from incoming')
            connection.unregister("incoming")
        connection.execute("detach new")
    if path.with_name(f"{path.name}.wal").exists():
        raise OSError(f"{path} was not closed cleanly: a write-ahead log is left beside it. The last release stays.")
    sync(path)


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def quoted(path: Path) -> str:
    """A path as it stands between the quotes of a SQL literal."""
    return str(path).replace("'", "''")
