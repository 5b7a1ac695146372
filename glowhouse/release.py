"""Release the marts to the serving store, atomically.

Consumers never open the build's warehouse: DuckDB gives one process the write lock, so a reader of the warehouse and
a build break each other. They open `serving.duckdb` (and `recommendations.parquet`), which this module replaces whole.
A reader sees the old release or the new one, never a mixture and never an error.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

#: Every DuckDB client since 1.0 can open a file of this version.
STORAGE_VERSION = "v1.0.0"
SERVING_FILE = "serving.duckdb"
PARQUET_FILE = "recommendations.parquet"


@dataclass(frozen=True)
class Release:
    """What was released and where it lies.

    `release_id` is derived from the bytes of the Parquet file: the same recommendations, the same id.
    """

    release_id: str
    database: Path
    parquet: Path
    recommendations: int


def publish(tables: Mapping[str, pa.Table], folder: Path) -> Release:
    """Replace the serving store in `folder` by `tables`, all of them or none.

    Args:
        tables: name → rows; must contain `recommendations`. Each becomes a table of schema `main`.
        folder: where `serving.duckdb` and `recommendations.parquet` live; created if missing.

    Returns:
        The release that was put in place.

    Raises:
        ValueError: there is no table `recommendations`, or it is empty: an empty shop window is never released.
        OSError: the folder cannot be written; the previous release is untouched.
    """
    recommendations = tables.get("recommendations")
    if recommendations is None or recommendations.num_rows == 0:
        raise ValueError("Nothing to release: the table 'recommendations' is missing or empty. The last release stays.")
    folder.mkdir(parents=True, exist_ok=True)
    database, parquet = folder / SERVING_FILE, folder / PARQUET_FILE
    # Named by process: two builds that release at once must not write into each other's file.
    new_database = folder / f".{SERVING_FILE}.{os.getpid()}.new"
    new_parquet = folder / f".{PARQUET_FILE}.{os.getpid()}.new"
    try:
        _write_database(tables, new_database)
        pq.write_table(recommendations, new_parquet, compression="zstd")
        _sync(new_database)
        _sync(new_parquet)
        release_id = f"rel_{_sha256(new_parquet)[:16]}"
        # A write-ahead log left beside the old file by a careless reader would be replayed into the new one.
        (folder / f"{SERVING_FILE}.wal").unlink(missing_ok=True)
        new_database.replace(database)
        new_parquet.replace(parquet)
        _sync(folder)
    finally:
        for leftover in (new_database, new_parquet, new_database.with_name(f"{new_database.name}.wal")):
            leftover.unlink(missing_ok=True)
    return Release(release_id, database, parquet, recommendations.num_rows)


def _write_database(tables: Mapping[str, pa.Table], path: Path) -> None:
    path.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(path)}' as release (storage_version '{STORAGE_VERSION}')")
        for name, rows in tables.items():
            connection.register("incoming", rows)
            connection.execute(f'create table release.main."{name}" as select * from incoming')
            connection.unregister("incoming")
        connection.execute("detach release")
    if path.with_name(f"{path.name}.wal").exists():
        raise OSError(f"{path} was not closed cleanly: a write-ahead log is left beside it. The last release stays.")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
