"""A release replaces the last one whole, or leaves it alone."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glowhouse import release
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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recommendations.parquet", "serving.duckdb"]


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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["recommendations.parquet", "serving.duckdb"]


def test_a_write_ahead_log_left_by_a_careless_reader_is_not_replayed_into_the_new_release(tmp_path: Path) -> None:
    publish({"recommendations": shop_window("serum")}, tmp_path)
    (tmp_path / "serving.duckdb.wal").write_bytes(b"stale")
    publish({"recommendations": shop_window("toner")}, tmp_path)
    assert released(tmp_path) == [("007", "toner")]
