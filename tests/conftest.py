"""A real shop, really built: `dbt` and `glowhouse` run as a user would run them, in a temporary folder."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

# What a build of a shop with reference seeds in place needs not do again to show what a test is about.
WITHOUT_SEEDS = ("--exclude", "resource_type:seed", "resource_type:unit_test")
MODELS_ONLY = (*WITHOUT_SEEDS, "resource_type:test")
WITHOUT_TESTS = ("--exclude", "resource_type:test", "resource_type:unit_test")

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

# What dbt reads of the project.
PROJECT = ("dbt_project.yml", "profiles.yml", "dbt_project", "seeds", "tests", "analyses", "config")
# What dbt knows of the project after it was read once; reading it takes longer than many a build.
PARSED = Path("target", "partial_parse.msgpack")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking at all imported modules again and again.

    statsmodels collects at each call, which took longer than what it computes.
    """
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let everything go again, as at the end of any process."""
    gc.unfreeze()


@dataclass(frozen=True)
class Shop:
    """A folder with extracts and a warehouse, and the commands that a user runs on it."""

    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def serving(self) -> Path:
        return self.folder / "serving.duckdb"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "GLOWHOUSE_RAW": str(self.raw),
            "GLOWHOUSE_LANDING": str(self.landing),
            "GLOWHOUSE_WAREHOUSE": str(self.warehouse),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            # What it says on the screen is enough, and a twentieth faster.
            "DBT_LOG_LEVEL_FILE": "none",
            "NO_COLOR": "1",
        }

    def check_out(self) -> None:
        """Have the project in the shop's folder, as links."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in PROJECT:
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(ROOT / name)

    def command(self, *arguments: str) -> list[str]:
        self.check_out()
        return [str(BIN / "dbt"), *arguments, "--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]

    @property
    def environment_inside(self) -> dict[str, str]:
        """The environment of commands that run in the shop's folder."""
        # dbt reads the whole project anew when another path stands in the profile, hence the same ones in every shop.
        paths = {"GLOWHOUSE_RAW": "raw", "GLOWHOUSE_LANDING": "landing", "GLOWHOUSE_WAREHOUSE": "warehouse.duckdb"}
        return self.environment | paths

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the shop's folder, as in any checkout."""
        environment = self.environment_inside
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(*self.command(*arguments))

    def glowhouse(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(BIN / "glowhouse"), *arguments)

    def build(self, *arguments: str) -> None:
        result = self.dbt("build", *arguments)
        assert result.returncode == 0, result.stdout[-6000:]

    def query(self, sql: str, database: Path | None = None) -> list[tuple[object, ...]]:
        with duckdb.connect(str(database or self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def recommendations(self) -> pa.Table:
        with duckdb.connect(str(self.serving), read_only=True) as connection:
            return connection.sql("select * from recommendations order by customer_id, rank").to_arrow_table()


def generate(folder: Path, customers: int = 150, products: int = 120, seed: int = 3) -> None:
    """Write the extracts of a small made-up shop."""
    size = ["--customers", str(customers), "--products", str(products), "--seed", str(seed)]
    command = [str(BIN / "glowhouse"), "demo", *size, "--to", str(folder)]
    subprocess.run(command, check=True, capture_output=True, text=True)


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """`folder`, made by the process of this test run that asks for it first; the others wait until it is done."""
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder of the whole test run, whose processes have one each inside of it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def extracts(shared: Path) -> Path:
    """The extracts of a small shop; tests that damage them copy them first."""
    return made_once(shared / "extracts", generate)


def copy_of(shop: Shop, folder: Path) -> Shop:
    """The same shop in a folder of its own, extracts included."""
    left = shutil.ignore_patterns("target", "logs")
    shutil.copytree(shop.folder, folder, symlinks=True, dirs_exist_ok=True, ignore=left)
    (folder / PARSED).parent.mkdir()
    shutil.copy2(shop.folder / PARSED, folder / PARSED)
    return Shop(folder)


@pytest.fixture(scope="session")
def built_shop(extracts: Path, shared: Path) -> Shop:
    """A shop that was built once; tests only read it."""

    def build(folder: Path) -> None:
        shop = Shop(folder)
        shutil.copytree(extracts, shop.raw)
        shop.build()

    return Shop(made_once(shared / "built_shop", build))
