"""A release without one customer is the same release to everybody else, live and in the archive."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from glowhouse.erasure import releases
from glowhouse.erasure.models import rows_to_forget
from glowhouse.erasure.person import Purchase
from glowhouse.erasure.releases import Leaving, count_in_releases, erase_from_releases
from glowhouse.model_package import Package
from glowhouse.release import publish
from glowhouse.release_archive import ArchivedRelease, archived, restore
from glowhouse.serving import Serving
from models_py import artifacts

BOB = frozenset({"bob"})


@pytest.fixture
def folder(shop: Path, package: Package, tmp_path: Path) -> Path:
    """The very small shop's release in the archive; another one, without a list for Dan, is live and in the archive."""
    folder = Path(shutil.copytree(shop.parent, tmp_path / "shop"))
    with duckdb.connect(str(folder / "serving.duckdb"), read_only=True) as connection:
        rows = connection.sql("from recommendations where customer_id <> 'dan'").to_arrow_table()
        products = connection.sql("from products").to_arrow_table()
    publish({"recommendations": rows, "products": products}, folder, package)
    return folder


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


def check(folder: Path, before: dict[str, list[str]], release_ids: list[str]) -> None:
    """Bob is gone, everybody else is shown what they were shown, and both releases can be restored."""
    assert count_in_releases(folder, Leaving(BOB, {})) == 0
    assert {customer: shown(folder, customer) for customer in (*before, "bob")} == before | {"bob": []}
    assert "bob" not in pq.read_table(folder / "recommendations.parquet")["customer_id"].to_pylist()
    assert known_to_models(folder) == {"ann", "eve", "dan", "fay"}
    for model in folder.rglob("model.json"):
        assert 0 in artifacts.load(model.parent).hybrid.parts["user_knn"].purchases.lengths  # type: ignore[attr-defined]
    assert [release.release_id for release in archived(folder)] == release_ids
    for release in archived(folder):
        restore(release, folder)
        assert shown(folder, "bob") == []


def test_a_release_stays_what_it_was_without_the_customer(folder: Path, leaving: Leaving) -> None:
    before = {customer: shown(folder, customer) for customer in ("ann", "bob", "eve", "dan", "fay")}
    release_ids = [release.release_id for release in archived(folder)]
    for path in folder.glob("*.*"):
        path.chmod(0o604)
    assert len(leaving.rows) == 1
    assert count_in_releases(folder, leaving) > 10
    assert erase_from_releases(folder, leaving, is_resumed=False) == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.*")} == {0o604}
    check(folder, before, release_ids)


@pytest.mark.parametrize("step", ["seal", "restore"])
def test_what_was_killed_half_way_is_finished(
    folder: Path, leaving: Leaving, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {customer: shown(folder, customer) for customer in ("ann", "eve")}
    release_ids = [release.release_id for release in archived(folder)]

    def killed(*_: object, **__: object) -> ArchivedRelease:
        raise KeyboardInterrupt

    monkeypatch.setattr(releases, step, killed)
    with pytest.raises(KeyboardInterrupt):
        erase_from_releases(folder, leaving, is_resumed=False)
    assert {customer: shown(folder, customer) for customer in before} == before, "readable throughout"
    monkeypatch.undo()
    assert erase_from_releases(folder, leaving, is_resumed=True) == []
    check(folder, before, release_ids)


def test_a_release_that_was_damaged_before_is_not_declared_sound(folder: Path, leaving: Leaving) -> None:
    damaged, live = archived(folder)
    rows = damaged.folder / "recommendations.parquet"
    pq.write_table(pq.read_table(rows).slice(1), rows)
    assert erase_from_releases(folder, leaving, is_resumed=False) == [damaged.release_id]
    assert [release.release_id for release in archived(folder)] == [live.release_id]
    assert shown(folder, "bob") == []
