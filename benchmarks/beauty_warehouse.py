"""Amazon Beauty as a warehouse: from raw files through `glowhouse ingest` and `dbt` to the tables that models read."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb

from models_py.tables import REQUIRED_COLUMNS, Tables
from models_py.warehouse import read_tables

ROOT = Path(__file__).resolve().parent.parent
# What decides, besides the raw files and the variables, what is made of them.
READER = ("glowhouse/ingest",)
WAREHOUSE = (*READER, "glowhouse/extracts", "dbt_project", "seeds/reference", "dbt_project.yml")


def build(raw: Path, folder: Path, protocols: tuple[str, ...], shuffle: int) -> Path:
    """The warehouse for some protocols; made in `folder` unless it is there.

    Args:
        raw: folder with the files of the data set.
        shuffle: seed of the order within a day, for ties_shuffled.

    Raises:
        RuntimeError: a command failed; says which, and the end of what it printed.
    """
    warehouse = folder / f"warehouse_{_stamp(raw, WAREHOUSE, protocols, shuffle)}.duckdb"
    if not warehouse.exists():
        extracts = _extracts(raw, folder)
        unfinished = warehouse.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        _build(extracts, unfinished, {"evaluation_protocols": protocols, "ties_shuffled_seed": shuffle})
        unfinished.rename(warehouse)
    return warehouse


def load(raw: Path, folder: Path, protocols: tuple[str, ...], shuffle: int) -> Tables:
    """The library's input from the warehouse for some protocols, see `build`."""
    return read(build(raw, folder, protocols, shuffle))


def _extracts(raw: Path, folder: Path) -> Path:
    extracts = folder / f"raw_{_stamp(raw, READER)}"
    if not extracts.exists():  # all extracts are written, or none
        _run("glowhouse", "ingest", "amazon-beauty", "--from", str(raw), "--to", str(extracts))
    return extracts


def _build(extracts: Path, warehouse: Path, variables: dict[str, object]) -> None:
    """All that the features need, and no tests: those are for `make test`."""
    _run(
        *("dbt", "build", "--select", "+path:dbt_project/models/features", "--vars", json.dumps(variables)),
        *("--exclude-resource-type", "test", "unit_test"),
        *("--target-path", str(warehouse.parent / "target"), "--log-path", str(warehouse.parent / "logs")),
        GLOWHOUSE_RAW=str(extracts),
        GLOWHOUSE_LANDING=str(warehouse.parent / "landing"),
        GLOWHOUSE_WAREHOUSE=str(warehouse),
    )


def _run(program: str, *words: str, **environment: str) -> None:
    """Run a program that is installed beside this interpreter."""
    command = [str(Path(sys.executable).parent / program), *words]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"`{program} {' '.join(words)}` failed:\n{(done.stdout + done.stderr)[-2000:]}")


def read(warehouse: Path) -> Tables:
    """The library's input from a warehouse."""
    with duckdb.connect(str(warehouse), read_only=True) as session:
        listed = session.sql("select table_schema, table_name from information_schema.tables").fetchall()
        place = {table: f'"{schema}"."{table}"' for schema, table in listed}
        relations = {
            name: session.table(place[name] if name in place else place[f"ftr_{name}"]) for name in REQUIRED_COLUMNS
        }
        return read_tables(relations)


def _stamp(raw: Path, sources: tuple[str, ...], *variables: object) -> str:
    """A short digest of all that something is made from, so that it is not used after a change."""
    digest = hashlib.sha256(json.dumps(variables).encode())
    digest.update("".join(f"{path.name} {path.stat().st_size} " for path in sorted(raw.iterdir())).encode())
    for source in sources:
        top = ROOT / source
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.suffix in {".sql", ".py", ".yml", ".csv"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
