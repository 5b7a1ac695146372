"""A new release is served without a restart; one that does not open is not, and the old one stays."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import duckdb
import pytest

from glowhouse.service.open_release import OpenRelease
from glowhouse.service.releases import Releases
from glowhouse.serving import ServingError


@pytest.fixture
def folder(shop: Path, tmp_path: Path) -> Path:
    """A folder with a release of its own."""
    shutil.copytree(shop.parent / "serving_model", tmp_path / "serving_model")
    shutil.copy(shop.parent / "serving.duckdb", tmp_path)
    return tmp_path


def publish(folder: Path, release_id: str, statement: str = "select 1") -> None:
    """Replace the release as a build does: written beside it, then renamed."""
    new = folder / "serving.duckdb.new"
    shutil.copy(folder / "serving.duckdb", new)
    with duckdb.connect(str(new)) as connection:
        connection.execute("update release set release_id = ?", [release_id])
        connection.execute(statement)
    new.replace(folder / "serving.duckdb")


def current(releases: Releases) -> str:
    with releases.current() as release:
        return release.release_id


def test_the_latest_release_is_served_and_the_model_kept_where_it_is_the_same(folder: Path) -> None:
    releases = Releases(folder)
    with releases.current() as first:
        publish(folder, "second", "update recommendations set reason = 'New.'")
        releases.look()
        with releases.current() as second:
            assert (second.release_id, second.model) == ("second", first.model)
            assert {item.facts["reason"] for item in second.recommendations("ann")} == {"New."}
        # Who had begun with the old one still has it.
        assert {item.facts["reason"] for item in first.recommendations("ann")} != {"New."}
    releases.close()


def test_the_old_release_is_closed_by_its_last_user(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    close = OpenRelease.close
    monkeypatch.setattr(OpenRelease, "close", lambda self: (closed.append(self.release_id), close(self)))
    releases = Releases(folder)
    old = current(releases)
    with releases.current():
        publish(folder, "second")
        releases.look()
        assert closed == []
    assert closed == [old]
    releases.close()
    assert closed == [old, "second"]


@pytest.mark.parametrize(
    "broken",
    [
        lambda folder: (folder / "serving.duckdb").write_bytes(b"not a database"),
        lambda folder: (folder / "serving.duckdb").unlink(),
        lambda folder: publish(folder, "third", "drop table recommendations"),
        lambda folder: publish(folder, "third", "alter table products drop column product_name"),
        lambda folder: publish(folder, "third", "update release set model_id = 'mdl_gone'"),
        lambda folder: publish(folder, "third", "delete from release"),
    ],
    ids=["damaged", "gone", "without recommendations", "another version", "without its model", "without an id"],
)
def test_what_does_not_open_is_not_served_and_the_next_one_is(
    folder: Path, broken: object, caplog: pytest.LogCaptureFixture
) -> None:
    releases = Releases(folder)
    shutil.copy(folder / "serving.duckdb", folder / "good")
    old = current(releases)

    broken(folder)  # type: ignore[operator]
    releases.look()
    releases.look()

    assert current(releases) == old
    assert [record.levelname for record in caplog.records].count("ERROR") == 1  # said once, not at every look
    (folder / "good").replace(folder / "serving.duckdb")
    publish(folder, "fourth")
    releases.look()
    assert current(releases) == "fourth"
    releases.close()


def test_without_a_release_the_service_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ServingError, match="Run `dbt build` first"):
        Releases(tmp_path)


def test_many_threads_ask_while_releases_come(folder: Path) -> None:
    releases = Releases(folder)
    failures: list[BaseException] = []
    is_over = threading.Event()

    def ask() -> None:
        try:
            while not is_over.is_set():
                with releases.current() as release:
                    assert len(release.recommendations("ann")) == 2
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for number in range(4):
        publish(folder, f"release {number}")
        releases.look()
    is_over.set()
    for thread in threads:
        thread.join()
    assert (failures, current(releases)) == ([], "release 3")
    releases.close()


def test_the_follower_looks_by_itself(folder: Path) -> None:
    told = threading.Event()
    releases = Releases(
        folder, changed=lambda release: told.set() if release.release_id == "second" else None, seconds=0.01
    )
    releases.start()
    publish(folder, "second")

    assert told.wait(timeout=20)
    releases.close()
