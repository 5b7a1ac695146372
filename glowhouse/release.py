"""Release the marts to the serving store, atomically.

Consumers never open the build's warehouse: DuckDB gives one process the write lock, so a reader of the warehouse and
a build break each other. They open `serving.duckdb` (and `recommendations.parquet`), which this module replaces whole.
Whoever opens a file once sees the old release or the new one, never a mixture and never an error. With the tables goes
the model that made them (`model_package.py`); a copy of all goes to the archive (`release_archive.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from glowhouse.database_file import sync, write_database
from glowhouse.model_package import Package, put_in_place, remove_all_but
from glowhouse.release_archive import KEPT_RELEASES, archive, sha256
from glowhouse.release_files import PACKAGES_FOLDER, PARQUET_FILE, RELEASE_TABLE, SERVING_FILE
from glowhouse.unfinished import sweep, unfinished

#: Who may enter the folder may read the release; everything else that a build writes is for its owner and group.
READABLE_BY_ALL: Final = 0o644


@dataclass(frozen=True)
class Release:
    """What was released and where it lies.

    `release_id` is derived from the bytes of the Parquet file: the same recommendations, the same id. `model_id` names
    the model package; it is None where none was released.
    """

    release_id: str
    database: Path
    parquet: Path
    recommendations: int
    model_id: str | None


def publish(
    tables: Mapping[str, pa.Table], folder: Path, package: Package | None = None, kept: int = KEPT_RELEASES
) -> Release:
    """Replace the serving store in `folder` by `tables`, all of them or none.

    Args:
        tables: name → rows; must contain `recommendations`. Each becomes a table of schema `main`.
        folder: where `serving.duckdb` and `recommendations.parquet` live; created if missing.
        package: the model that made the recommendations.
        kept: how many releases the archive keeps, this one included.

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
    sweep(folder)
    sweep(folder / PACKAGES_FOLDER)
    # What a build that was killed published, but did not archive.
    archive(folder, kept)
    # Named by process: two builds that release at once must not write into each other's file.
    new_database, new_parquet = unfinished(database), unfinished(parquet)
    replaced = model_id_of(database)
    model_id = put_in_place(package, folder) if package else None
    try:
        pq.write_table(recommendations, new_parquet, compression="zstd")
        release_id = f"rel_{sha256(new_parquet)[:16]}"
        own = pa.table({"release_id": [release_id], "model_id": pa.array([model_id], pa.string())})
        write_database({**tables, RELEASE_TABLE: own}, new_database)
        for released in (new_database, new_parquet):
            released.chmod(READABLE_BY_ALL)
        sync(new_parquet)
        # A write-ahead log left beside the old file by a careless reader would be replayed into the new one.
        (folder / f"{SERVING_FILE}.wal").unlink(missing_ok=True)
        new_database.replace(database)
        new_parquet.replace(parquet)
        sync(folder)
    finally:
        for leftover in (new_database, new_parquet, new_database.with_name(f"{new_database.name}.wal")):
            leftover.unlink(missing_ok=True)
    archive(folder, kept)
    remove_all_but({model_id or "", replaced or ""}, folder)
    return Release(release_id, database, parquet, recommendations.num_rows, model_id)


def model_id_of(database: Path) -> str | None:
    """Which model package a release names; None without a release, or if it names none."""
    if not database.is_file():
        return None
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            ((model_id,),) = connection.execute(f"select model_id from {RELEASE_TABLE}").fetchall()
    except duckdb.Error:  # a release of an earlier version, or a damaged one: about to be replaced
        return None
    return str(model_id) if model_id else None
