"""Which files hold data: those that are searched, and those that are rewritten."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glowhouse.erasure.tombstones import ERASURE_FOLDER
from glowhouse.release_files import ARCHIVE_FOLDER, PACKAGES_FOLDER, PARQUET_FILE, SERVING_FILE
from models_py.lifecycle.champion import ARTIFACTS_FOLDER

#: What a build leaves beside the project's own files where the data folder is the project's.
_DATA_BESIDE_A_PROJECT: Final = (
    ARTIFACTS_FOLDER, ARCHIVE_FOLDER, PACKAGES_FOLDER, "landing", ERASURE_FOLDER, "target", "logs", "tuning",
)  # fmt: skip
_DATA_ENDINGS: Final = (".duckdb", ".wal", ".tmp", ".parquet", ".csv", ".html", ".new", ".log")
_PROJECT_FILE: Final = "dbt_project.yml"


@dataclass(frozen=True)
class DataFolder:
    """Where the data of one shop lie.

    Attributes:
        warehouse: its file; release, artefacts and tombstones lie beside it.
        landing: the landing zone; it need not exist.
        raw: the extracts, which belong to the shop's systems and are neither searched nor rewritten.
        also: further folders with data, such as archived segments or rating sheets.
    """

    warehouse: Path
    landing: Path
    raw: Path
    also: tuple[Path, ...] = ()

    @property
    def folder(self) -> Path:
        """Where everything but landing zone and extracts lies."""
        return self.warehouse.parent

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file with data, after the name of its place; each once."""
        seen: set[Path] = set()
        for path in self._walk():
            whole = path.resolve()
            if whole not in seen and not whole.is_relative_to(self.raw.resolve()):
                seen.add(whole)
                yield self._place(path), path

    def makeable(self) -> list[Path]:
        """Logs, compiled models and reports."""
        return [path for place, path in self.files() if place in (_DBT, _REPORTS)]

    def sheets(self) -> list[Path]:
        """CSV files."""
        return [path for place, path in self.files() if path.suffix == ".csv" and place != _DBT]

    def _walk(self) -> Iterator[Path]:
        if not (self.folder / _PROJECT_FILE).is_file():
            yield from _files_under(self.folder)
        else:
            for name in _DATA_BESIDE_A_PROJECT:
                yield from _files_under(self.folder / name)
            yield from (path for path in self.folder.iterdir() if path.suffix in _DATA_ENDINGS and path.is_file())
        for place in (self.landing, *self._of_dbt, *self.also):
            yield from _files_under(place)

    @property
    def _of_dbt(self) -> tuple[Path, ...]:
        told = (os.environ.get(variable) for variable in ("DBT_TARGET_PATH", "DBT_LOG_PATH"))
        usual = ("target", "logs") if Path(_PROJECT_FILE).is_file() else (None, None)
        return tuple(Path(path) for path in map(lambda one, other: one or other, told, usual) if path)

    def _place(self, path: Path) -> str:
        if path.is_relative_to(self.landing):
            return "landing zone"
        if any(path.is_relative_to(place) for place in self._of_dbt):
            return _DBT
        if not path.is_relative_to(self.folder):
            return "other folders"
        first = path.relative_to(self.folder).parts[0]
        if path.suffix == ".html":
            return _REPORTS
        return _PLACES.get(first, "warehouse" if ".duckdb" in first else "other files")


_DBT: Final = "dbt's target and logs"
_REPORTS: Final = "reports"
_PLACES: Final = {
    ARTIFACTS_FOLDER: "artefacts",
    ARCHIVE_FOLDER: "archived releases",
    PACKAGES_FOLDER: "live release",
    SERVING_FILE: "live release",
    PARQUET_FILE: "live release",
    "target": _DBT,
    "logs": _DBT,
    ERASURE_FOLDER: "tombstones",
}


def _files_under(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file()) if folder.is_dir() else iter(())
