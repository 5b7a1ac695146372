"""A release without one customer is the same release to everybody else, live and in the archive."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from glowhouse.erasure import releases
from glowhouse.erasure.models import rows_to_forget
from glowhouse.erasure.person import Purchase
from glowhouse.erasure.releases import Leaving, count_in_releases, erase_from_releases
from glowhouse.release_archive import ArchivedRelease, archived, restore
from glowhouse.serving import Serving
from models_py import artifacts

BOB = frozenset({"bob"})


@pytest.fixture
def folder(shop: Path, tmp_path: Path) -> Path:
    """The very small shop's release, live and in the archive."""
    return Path(shutil.copytree(shop.parent, tmp_path / "shop"))


@pytest.fixture
def leaving(folder: Path) -> Leaving:
    return Leaving(BOB, rows_to_forget(folder, [Purchase("scrub", "2025-01-01T00:00:00")]))


def shown(folder: Path, customer: str) -> list[str]:
    with Serving(folder) as serving:
        return [item.product.product_id for item in serving.recommendations(customer)]


def known_to_models(folder: Path) -> set[str]:
    found: set[str] = set()
    for inputs in folder.rglob("inputs.duckdb"):
        with duckdb.connect(str(inputs), read_only=True) as connection:
            found.update(customer for (customer,) in connection.execute("select customer_id from users").fetchall())
    return found


def check(folder: Path, before: dict[str, list[str]], release_id: str) -> None:
    """Bob is gone, everybody else is shown what they were shown, and the release can be restored."""
    assert count_in_releases(folder, Leaving(BOB, {})) == 0
    assert {customer: shown(folder, customer) for customer in (*before, "bob")} == before | {"bob": []}
    assert "bob" not in pq.read_table(folder / "recommendations.parquet")["customer_id"].to_pylist()
    assert known_to_models(folder) == {"ann", "eve", "dan", "fay"}
    for model in folder.rglob("model.json"):
        assert 0 in artifacts.load(model.parent).hybrid.parts["user_knn"].purchases.lengths  # type: ignore[attr-defined]
    (release,) = archived(folder)
    assert release.release_id == release_id
    restore(release, folder)


def test_a_release_stays_what_it_was_without_the_customer(folder: Path, leaving: Leaving) -> None:
    before = {customer: shown(folder, customer) for customer in ("ann", "bob", "eve", "dan", "fay")}
    (release,) = archived(folder)
    modes = {path: path.stat().st_mode for path in folder.glob("*.*")}
    assert len(leaving.rows) == 1
    assert count_in_releases(folder, leaving) > 10
    assert erase_from_releases(folder, leaving, is_resumed=False) == []
    check(folder, before, release.release_id)
    assert {path: path.stat().st_mode for path in modes} == modes


@pytest.mark.parametrize("step", ["seal", "restore", "remove_all_but"])
def test_what_was_killed_half_way_is_finished(
    folder: Path, leaving: Leaving, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {customer: shown(folder, customer) for customer in ("ann", "eve")}
    (release,) = archived(folder)

    def killed(*_: object, **__: object) -> ArchivedRelease:
        raise KeyboardInterrupt

    monkeypatch.setattr(releases, step, killed)
    with pytest.raises(KeyboardInterrupt):
        erase_from_releases(folder, leaving, is_resumed=False)
    assert {customer: shown(folder, customer) for customer in before} == before, "readable throughout"
    monkeypatch.undo()
    assert erase_from_releases(folder, leaving, is_resumed=True) == []
    check(folder, before, release.release_id)


def test_a_release_that_was_damaged_before_is_not_declared_sound(folder: Path, leaving: Leaving) -> None:
    (release,) = archived(folder)
    with (release.folder / "recommendations.parquet").open("ab") as file:
        file.write(b"x")
    live = (folder / "serving.duckdb").read_bytes()
    (folder / "serving.duckdb").unlink()
    assert erase_from_releases(folder, leaving, is_resumed=False) == [release.release_id]
    assert archived(folder) == []
    (folder / "serving.duckdb").write_bytes(live)
