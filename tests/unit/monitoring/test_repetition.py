"""Today's lists against the last release's, which is read before it is replaced."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from glowhouse.last_release import last_lists
from glowhouse.release import publish
from glowhouse.release_files import SERVING_FILE
from models_py.monitoring.repetition import OVERLAPS_SCHEMA, LastRelease, overlaps

MONDAY, TUESDAY = datetime(2026, 11, 2, 6), datetime(2026, 11, 3, 6)
NOTHING = OVERLAPS_SCHEMA.empty_table()


def lists(day: datetime, **products: str) -> pa.Table:
    rows = [
        {"customer_id": who, "rank": rank, "product_id": product, "generated_at": day}
        for who, items in products.items()
        for rank, product in enumerate(items, 1)
    ]
    return pa.Table.from_pylist(rows)


def test_the_release_in_place_is_what_today_is_compared_with(tmp_path: Path) -> None:
    released = publish({"recommendations": lists(MONDAY, ann="abc", bea="abc")}, tmp_path)
    last = last_lists(tmp_path)
    assert last is not None
    assert (last.release_id, last.generated_at) == (released.release_id, MONDAY)
    found = overlaps(last, lists(TUESDAY, ann="abc", bea="xyz", cat="abc"), NOTHING).to_pylist()
    assert [(row["customer_id"], row["jaccard"]) for row in found] == [("ann", 1.0), ("bea", 0.0)]
    assert found[0]["last_release_id"] == released.release_id


def test_a_second_build_of_a_day_keeps_what_the_first_found() -> None:
    monday = LastRelease("rel_1", MONDAY, lists(MONDAY, ann="abc"))
    first = overlaps(monday, lists(TUESDAY, ann="abx"), NOTHING)
    tuesday = LastRelease("rel_2", TUESDAY, lists(TUESDAY, ann="abx"))
    assert overlaps(tuesday, lists(TUESDAY, ann="aby"), first).equals(first)


def test_who_was_erased_since_the_first_build_of_a_day_does_not_come_back() -> None:
    monday = LastRelease("rel_1", MONDAY, lists(MONDAY, ann="abc", bea="abc"))
    first = overlaps(monday, lists(TUESDAY, ann="abx", bea="abc"), NOTHING)
    tuesday = LastRelease("rel_2", TUESDAY, lists(TUESDAY, ann="abx", bea="abc"))
    again = overlaps(tuesday, lists(TUESDAY, ann="abx"), first)
    assert again["customer_id"].to_pylist() == ["ann"]


def test_before_the_second_release_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert last_lists(tmp_path) is None
    assert overlaps(None, lists(MONDAY, ann="abc"), NOTHING).num_rows == 0


def test_a_release_that_cannot_be_read_does_not_stop_the_build_that_replaces_it(tmp_path: Path) -> None:
    (tmp_path / SERVING_FILE).write_bytes(b"no database")
    assert last_lists(tmp_path) is None
