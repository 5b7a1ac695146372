"""A release replaces the last one whole, or leaves it alone."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glowhouse import release
from glowhouse.model_package import Package
from glowhouse.release import publish


def shop_window(product: str) -> pa.Table:
    return pa.table({"customer_id": ["007"], "rank": [1], "product_id": [product]})


def released(folder: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(folder / "serving.duckdb"), read_only=True) as connection:
        return connection.execute("select customer_id, product_id from recommendations").fetchall()


def test_the_release_holds_every_table_and_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    publish({"recommendations": shop_window("serum"), "products": pa.table({"product_id": ["serum"]})}, tmp_path)

    assert released(tmp_path) == [("007", "serum")]
    assert pq.read_table(tmp_path / "recommendations.parquet").equals(shop_window("serum"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recommendations.parquet", "releases", "serving.duckdb"]


def test_a_new_release_replaces_the_old_one_under_a_reader_that_holds_it_open(tmp_path: Path) -> None:
    publish({"recommendations": shop_window("serum")}, tmp_path)
    with duckdb.connect(str(tmp_path / "serving.duckdb"), read_only=True) as reader:
        publish({"recommendations": shop_window("toner")}, tmp_path)
        assert reader.execute("select product_id from recommendations").fetchall() == [("serum",)]
    assert released(tmp_path) == [("007", "toner")]


def test_the_release_id_follows_the_content(tmp_path: Path) -> None:
    first = publish({"recommendations": shop_window("serum")}, tmp_path)
    again = publish({"recommendations": shop_window("serum")}, tmp_path)
    other = publish({"recommendations": shop_window("toner")}, tmp_path)

    assert first.release_id == again.release_id != other.release_id


@pytest.mark.parametrize("tables", [{}, {"recommendations": shop_window("serum")[:0]}], ids=["missing", "empty"])
def test_nothing_to_recommend_is_never_released(tables: dict[str, pa.Table], tmp_path: Path) -> None:
    publish({"recommendations": shop_window("serum")}, tmp_path)
    with pytest.raises(ValueError, match="The last release stays"):
        publish(tables, tmp_path)
    assert released(tmp_path) == [("007", "serum")]


def test_a_failure_half_way_leaves_the_last_release_and_no_debris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish({"recommendations": shop_window("serum")}, tmp_path)

    def disk_full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(release.pq, "write_table", disk_full)
    with pytest.raises(OSError, match="No space left"):
        publish({"recommendations": shop_window("toner")}, tmp_path)

    assert released(tmp_path) == [("007", "serum")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recommendations.parquet", "releases", "serving.duckdb"]


def test_a_write_ahead_log_left_by_a_careless_reader_is_not_replayed_into_the_new_release(tmp_path: Path) -> None:
    publish({"recommendations": shop_window("serum")}, tmp_path)
    (tmp_path / "serving.duckdb.wal").write_bytes(b"stale")
    publish({"recommendations": shop_window("toner")}, tmp_path)
    assert released(tmp_path) == [("007", "toner")]


def model_packages(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "serving_model").iterdir())


def named_model(folder: Path) -> str:
    with duckdb.connect(str(folder / "serving.duckdb"), read_only=True) as connection:
        ((model_id,),) = connection.execute("select model_id from release").fetchall()
    return str(model_id)


def test_a_release_names_the_model_that_lies_beside_it_whole(package: Package, tmp_path: Path) -> None:
    release = publish({"recommendations": shop_window("serum")}, tmp_path, package)

    assert release.model_id == named_model(tmp_path)
    assert model_packages(tmp_path) == [release.model_id]
    files = {path.name for path in (tmp_path / "serving_model" / release.model_id).iterdir()}
    assert files == {"inputs.duckdb", "model.json", "model.npz"}


def test_the_last_model_stays_for_readers_on_their_way_and_the_one_before_goes(
    package: Package, tmp_path: Path
) -> None:
    def version(number: int) -> Package:
        return replace(package, tables={**package.tables, "version": pa.table({"number": [number]})})

    ids = [publish({"recommendations": shop_window("serum")}, tmp_path, version(n)).model_id for n in (1, 2, 3)]

    assert len(set(ids)) == 3
    assert model_packages(tmp_path) == sorted(ids[1:])


def test_an_unchanged_model_is_not_written_again_whatever_the_order_of_its_rows(
    package: Package, tmp_path: Path
) -> None:
    first = publish({"recommendations": shop_window("serum")}, tmp_path, package)
    written = (tmp_path / "serving_model" / str(first.model_id)).stat().st_mtime_ns
    shuffled = {name: rows.take(pa.array(range(len(rows))[::-1], pa.int64())) for name, rows in package.tables.items()}
    again = publish({"recommendations": shop_window("serum")}, tmp_path, replace(package, tables=shuffled))

    assert again.model_id == first.model_id
    assert (tmp_path / "serving_model" / str(first.model_id)).stat().st_mtime_ns == written


def test_a_model_that_cannot_be_written_leaves_the_last_release_and_no_debris(package: Package, tmp_path: Path) -> None:
    publish({"recommendations": shop_window("serum")}, tmp_path)
    with pytest.raises(OSError):
        publish({"recommendations": shop_window("toner")}, tmp_path, replace(package, artifact=tmp_path / "nowhere"))

    assert released(tmp_path) == [("007", "serum")]
    assert not list(tmp_path.glob("serving_model/*"))
