"""Releases of the past: kept whole, a bounded number of them, and put back byte for byte."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from glowhouse import release
from glowhouse.model_package import Package
from glowhouse.release import publish
from glowhouse.release_archive import (
    ArchiveError,
    archive,
    archived,
    before_the_live_one,
    find,
    released_models,
    restore,
)
from glowhouse.unfinished import sweep, unfinished
from models_py import artifacts


def shop_window(product: str) -> dict[str, pa.Table]:
    return {
        "recommendations": pa.table(
            {"customer_id": ["007"], "rank": [1], "product_id": [product], "model_run_id": [f"run_{product}"]}
        )
    }


def version(package: Package, number: int) -> Package:
    return replace(package, tables={**package.tables, "version": pa.table({"number": [number]})})


def contents(folder: Path) -> Mapping[str, bytes]:
    """The live release, by path: everything but the archive and what belongs to other releases."""
    with duckdb.connect(str(folder / "serving.duckdb"), read_only=True) as connection:
        ((model_id,),) = connection.execute("select model_id from release").fetchall()
    files = [folder / "serving.duckdb", folder / "recommendations.parquet"]
    files += sorted((folder / "serving_model" / str(model_id)).glob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def two_releases(package: Package, tmp_path: Path) -> Path:
    for number, product in enumerate(("serum", "toner")):
        publish(shop_window(product), tmp_path, version(package, number))
    return tmp_path


def test_the_release_before_comes_back_byte_for_byte(package: Package, tmp_path: Path) -> None:
    publish(shop_window("serum"), tmp_path, version(package, 1))
    before = contents(tmp_path)
    # Two later: its model package is no longer there and has to come from the archive, too.
    for number in (2, 3):
        publish(shop_window("toner" if number == 2 else "mask"), tmp_path, version(package, number))
    oldest = archived(tmp_path)[0]
    assert oldest.model_run_id == "run_serum"
    restore(oldest, tmp_path)
    assert contents(tmp_path) == before


def test_a_second_rollback_goes_further_back(package: Package, two_releases: Path) -> None:
    publish(shop_window("mask"), two_releases, version(package, 3))
    runs = []
    for _ in range(2):
        back = before_the_live_one(two_releases)
        restore(back, two_releases)
        runs.append(back.model_run_id)
    assert runs == ["run_toner", "run_serum"]
    with pytest.raises(ArchiveError, match="no release before"):
        before_the_live_one(two_releases)
    restore(archived(two_releases)[-1], two_releases)
    assert before_the_live_one(two_releases).model_run_id == "run_toner", "and forward again"


@pytest.mark.parametrize("name", ["serving.duckdb", "recommendations.parquet", "model.npz", "inputs.duckdb"])
def test_a_damaged_release_is_refused_and_the_live_one_stays(name: str, two_releases: Path) -> None:
    old, live = archived(two_releases)[0], contents(two_releases)
    (path,) = old.folder.rglob(name)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ArchiveError, match=f"{name} is missing or damaged"):
        restore(old, two_releases, lambda: pytest.fail("it was decided"))
    assert contents(two_releases) == live


def test_damage_to_a_live_file_does_not_reach_the_archive(two_releases: Path) -> None:
    live = archived(two_releases)[-1]
    for path in (two_releases / "serving.duckdb", *two_releases.glob("serving_model/*/model.npz")):
        with path.open("r+b") as file:
            file.truncate(10)
    live.check()
    restore(live, two_releases)
    assert all(len(content) > 10 for content in contents(two_releases).values())


def test_as_many_releases_are_kept_as_wanted(tmp_path: Path) -> None:
    for product in "abcd":
        publish(shop_window(product), tmp_path, kept=2)
    assert [release.model_run_id for release in archived(tmp_path)] == ["run_c", "run_d"]


def test_the_same_release_is_archived_once(tmp_path: Path) -> None:
    publish(shop_window("serum"), tmp_path)
    (first,) = archived(tmp_path)
    archive(tmp_path)
    assert archived(tmp_path) == [first]


def test_a_release_that_is_not_there_is_named_with_those_that_are(two_releases: Path) -> None:
    with pytest.raises(ArchiveError, match=r"no release rel_none .* there are: rel_\w+, rel_\w+\."):
        find(two_releases, "rel_none")


def test_what_was_published_but_not_archived_is_archived_by_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(shop_window("serum"), tmp_path)
    with monkeypatch.context() as killed:
        killed.setattr(release, "archive", lambda *_: None)
        publish(shop_window("toner"), tmp_path)
    assert before_the_live_one(tmp_path).model_run_id == "run_serum", "the live one is newer than all of those"
    publish(shop_window("mask"), tmp_path)
    assert [release.model_run_id for release in archived(tmp_path)] == ["run_serum", "run_toner", "run_mask"]


def test_what_a_killed_process_left_is_swept_away_and_nothing_of_a_living_one(tmp_path: Path) -> None:
    mine = unfinished(tmp_path / "serving.duckdb")
    dead = tmp_path / f".serving.duckdb.{_gone()}.new"
    folder = tmp_path / f".mdl_1.{_gone()}.new"
    for path in (mine, dead, dead.with_name(f"{dead.name}.wal"), tmp_path / ".gitignore"):
        path.touch()
    folder.mkdir()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([mine.name, ".gitignore"])


def test_the_models_of_releases_are_found_the_newest_first(package: Package, two_releases: Path) -> None:
    found = [path.relative_to(two_releases).parts[0] for path in released_models(two_releases)]
    assert sorted(found) == ["releases", "releases", "serving_model", "serving_model"]
    assert artifacts.load(released_models(two_releases)[0]) is not None


def test_a_manifest_that_cannot_be_read_hides_its_release_alone(two_releases: Path) -> None:
    first, second = archived(two_releases)
    (first.folder / "manifest.json").write_text("{")
    assert archived(two_releases) == [second]
    shutil.rmtree(second.folder)
    assert archived(two_releases) == []


def _gone() -> int:
    """The id of a process that has ended."""
    process = os.fork()
    if not process:
        os._exit(0)
    os.waitpid(process, 0)
    return process
