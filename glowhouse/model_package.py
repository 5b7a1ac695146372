"""The model as it was released: what it takes to answer questions that the build did not foresee.

`recommendations` answers for every customer of the build. A new customer, a product compared with another, a product
that is *not* recommended: these need the model, the catalogue and the customer's features. They must come neither from
the build's warehouse, which only the build may open, nor from tables of another release than the recommendations.

So a release carries a package: a folder `serving_model/<id>` with the artefact of the run and one DuckDB file of the
library's input tables as of serving. The id is derived from the contents, a package is never changed once it is in
place, and `serving.duckdb` names the one that belongs to it: whoever reads the id there reads one release, whenever
the next one comes.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from glowhouse.database_file import sync, write_database
from glowhouse.release_files import INPUTS_FILE, PACKAGES_FOLDER
from glowhouse.unfinished import remove, unfinished
from models_py.artifacts import ARRAYS_FILE, FACTS_FILE
from models_py.columns import CUSTOMER
from models_py.fingerprint import table_digest

ARTIFACT_FILES = (FACTS_FILE, ARRAYS_FILE)


@dataclass(frozen=True)
class Package:
    """What is to be packed.

    Attributes:
        tables: name → rows.
        artifact: folder of the run's artefact.
    """

    tables: Mapping[str, pa.Table]
    artifact: Path

    @property
    def id(self) -> str:
        """From the contents: equal contents, in whatever order of rows, have one id."""
        digest = hashlib.sha256()
        for name, rows in sorted(self.tables.items()):
            digest.update(name.encode())
            digest.update(table_digest(rows, tuple(rows.column_names)))
        for name in ARTIFACT_FILES:
            with (self.artifact / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return f"mdl_{digest.hexdigest()[:16]}"


def put_in_place(package: Package, folder: Path) -> str:
    """Write the package beneath `folder`, unless it is there already.

    Args:
        folder: of the release.

    Returns:
        the package's id.
    """
    packages, package_id = folder / PACKAGES_FOLDER, package.id
    place = packages / package_id
    if place.is_dir():
        return package_id
    packages.mkdir(parents=True, exist_ok=True)
    new = unfinished(place)
    try:
        new.mkdir()
        write_database({name: _by_customer(rows) for name, rows in package.tables.items()}, new / INPUTS_FILE)
        for name in ARTIFACT_FILES:
            # No second name of the same file: what damages the artefact must not reach what was released from it.
            shutil.copyfile(package.artifact / name, new / name)
            sync(new / name)
        sync(new)
        if not place.is_dir():
            new.rename(place)
    finally:
        remove(new)
    return package_id


def remove_all_but(kept: set[str], folder: Path) -> None:
    """Remove the packages of releases before the last one; readers may still be on their way to that."""
    for path in (folder / PACKAGES_FOLDER).glob("mdl_*"):
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def _by_customer(rows: pa.Table) -> pa.Table:
    """Sorted, so that one customer's rows are found without reading everybody's."""
    return rows.sort_by(CUSTOMER) if CUSTOMER in rows.column_names else rows
