"""The live release and those of the archive, each the same release without one customer.

A release keeps its id. The archived copies are rewritten first; the live one is then restored from its copy, in the way
in which `glowhouse rollback` does it, so that readers see the old release or the new one.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from glowhouse.database_file import sync, write_database
from glowhouse.erasure.models import forgetful_copy, without_customers
from glowhouse.model_package import Package, put_in_place, remove_all_but
from glowhouse.release import model_id_of
from glowhouse.release_archive import ArchivedRelease, ArchiveError, archive, archived, restore, seal, sha256
from glowhouse.release_files import (
    INPUTS_FILE,
    PACKAGES_FOLDER,
    PARQUET_FILE,
    RELEASE_TABLE,
    SERVING_FILE,
)
from glowhouse.unfinished import remove, sweep, unfinished
from models_py.artifacts import ARRAYS_FILE
from models_py.columns import CUSTOMER

_ALL: Final = 1_000_000


@dataclass(frozen=True)
class Leaving:
    """Who leaves.

    Attributes:
        customers: ids.
        rows: of artefacts, from `rows_to_forget`.
    """

    customers: frozenset[str]
    rows: Mapping[str, int]

    def rest(self, table: pa.Table) -> pa.Table:
        """The rows of others."""
        return without_customers(table, self.customers) if CUSTOMER in table.column_names else table

    def count(self, table: pa.Table) -> int:
        """How many rows leave."""
        return int(table.num_rows - self.rest(table).num_rows)


def count_in_releases(folder: Path, leaving: Leaving) -> int:
    """How many rows of the live release and of the archive are the customer's."""
    homes = [folder, *(release.folder for release in archived(folder))]
    return sum(_count(home, leaving) for home in homes if (home / SERVING_FILE).is_file())


def erase_from_releases(folder: Path, leaving: Leaving, *, is_resumed: bool) -> list[str]:
    """Rewrite all releases without the customer.

    Args:
        folder: of the live release.
        is_resumed: whether an erasure was interrupted before: a checksum that does not fit is then its doing.

    Returns:
        ids of archived releases that were damaged before: nobody can restore them, or tell who is in them, so they were
        removed.

    Raises:
        OSError: a file cannot be written.
    """
    for place in (folder, folder / PACKAGES_FOLDER):
        sweep(place)
    archive(folder, _ALL)
    damaged = []
    for release in archived(folder):
        try:
            if not is_resumed:
                release.check()
            # What was interrupted may lack nothing but its checksums.
            if is_resumed or _count(release.folder, leaving):
                _rewrite(release, leaving)
        except (ArchiveError, duckdb.Error, pa.ArrowException):
            remove(release.folder)
            damaged.append(release.release_id)
    _renew_live(folder)
    return damaged


def _rewrite(release: ArchivedRelease, leaving: Leaving) -> None:
    sweep(release.folder)
    model_id = _without_in_package(release.folder, leaving)
    database, parquet = release.folder / SERVING_FILE, release.folder / PARQUET_FILE
    tables = {name: leaving.rest(rows) for name, rows in _tables(database).items()}
    own = pa.table({"release_id": [release.release_id], "model_id": pa.array([model_id], pa.string())})
    new = unfinished(database)
    write_database({**tables, RELEASE_TABLE: own}, new)
    shutil.copymode(database, new)
    new.replace(database)
    rows = pq.read_table(parquet)
    if leaving.count(rows):
        new = unfinished(parquet)
        pq.write_table(leaving.rest(rows), new, compression="zstd")
        shutil.copymode(parquet, new)
        sync(new)
        new.replace(parquet)
    seal(release)
    remove_all_but({model_id or ""}, release.folder)


def _without_in_package(home: Path, leaving: Leaving) -> str | None:
    """Put a package without the customer beside the one that a release names; its id."""
    model_id = model_id_of(home / SERVING_FILE)
    place = home / PACKAGES_FOLDER / str(model_id)
    if model_id is None or not _count_in_package(place, leaving):
        return model_id
    sweep(place.parent)
    copy = unfinished(place.parent / "artifact")
    try:
        tables = {name: leaving.rest(rows) for name, rows in _tables(place / INPUTS_FILE).items()}
        return put_in_place(Package(tables, forgetful_copy(place, leaving.rows, copy)), home)
    finally:
        remove(copy)


def _renew_live(folder: Path) -> None:
    """Bring the live release to the state of its archived copy, and remove every other package."""
    model_id = model_id_of(folder / SERVING_FILE)
    copies = [release for release in archived(folder) if _is_live(release, folder)]
    for release in copies:
        if any(not (folder / name).is_file() or sha256(folder / name) != sum_ for name, sum_ in release.files.items()):
            live = [path for path in (folder / SERVING_FILE, folder / PARQUET_FILE) if path.is_file()]
            modes = [path.stat().st_mode for path in live]
            restore(release, folder)
            for path, mode in zip(live, modes, strict=True):
                path.chmod(mode)
            model_id = model_id_of(folder / SERVING_FILE)
    if copies:
        remove_all_but({model_id or ""}, folder)


def _is_live(release: ArchivedRelease, folder: Path) -> bool:
    live = folder / SERVING_FILE
    return (
        live.is_file() and _tables(live, [RELEASE_TABLE])[RELEASE_TABLE]["release_id"][0].as_py() == release.release_id
    )


def _count(home: Path, leaving: Leaving) -> int:
    rows = sum(map(leaving.count, _tables(home / SERVING_FILE).values()))
    parquet = home / PARQUET_FILE
    if parquet.is_file():
        rows += leaving.count(pq.read_table(parquet, columns=[CUSTOMER]))
    packages = (home / PACKAGES_FOLDER).glob("mdl_*")
    return rows + sum(_count_in_package(package, leaving) for package in packages)


def _count_in_package(place: Path, leaving: Leaving) -> int:
    if not place.is_dir():
        return 0
    is_in_artifact = sha256(place / ARRAYS_FILE) in leaving.rows
    return int(is_in_artifact) + sum(map(leaving.count, _tables(place / INPUTS_FILE).values()))


def _tables(database: Path, names: list[str] | None = None) -> dict[str, pa.Table]:
    with duckdb.connect(str(database), read_only=True) as connection:
        if names is None:
            names = [
                name for (name,) in connection.execute("select table_name from duckdb_tables() order by 1").fetchall()
            ]
        return {name: connection.sql(f'select * from "{name}"').to_arrow_table() for name in names}
