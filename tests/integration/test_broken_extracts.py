"""Broken extracts: a message that names file and column, or balanced books; the last release stays readable."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import MODELS_ONLY, WITHOUT_SEEDS, Shop, copy_of


@pytest.fixture
def shop(built_shop: Shop, tmp_path: Path) -> Iterator[Shop]:
    """A shop with a release in place, whose extracts a test damages."""
    shop = copy_of(built_shop, tmp_path)
    before = shop.recommendations()
    yield shop
    # Whatever happened: a reader still finds a whole release.
    assert shop.recommendations().num_rows == before.num_rows


def extract(shop: Shop, name: str) -> Path:
    """Find the file of an extract, whatever its format."""
    (path,) = shop.raw.glob(f"{name}.*")
    return path


def text_of(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()


def as_plain_text(path: Path, text: str) -> None:
    """Replace an extract by an uncompressed one with this text."""
    path.unlink()
    path.with_suffix("" if path.suffix == ".gz" else path.suffix).write_text(text)


def all_that_reads(source: str) -> tuple[str, str]:
    """Everything that an extract is for, up to the release; on the rest its damage has no influence."""
    return "--select", f"source:{source}+"


def remove_file(shop: Shop) -> None:
    extract(shop, "crm/customers").unlink()


def drop_required_column(shop: Shop) -> None:
    path = extract(shop, "webshop/order_lines")
    as_plain_text(path, text_of(path).replace("product_id", "prodct", 1))


def empty_parquet(shop: Shop) -> None:
    path = extract(shop, "app/events")
    columns = json.loads(text_of(path).splitlines()[0])
    path.unlink()
    pq.write_table(pa.schema([(name, pa.string()) for name in columns]).empty_table(), shop.raw / "app/events.parquet")


def header_only(shop: Shop) -> None:
    path = extract(shop, "pos/sales")
    as_plain_text(path, text_of(path).splitlines()[0] + "\n")


def cut_gzip(shop: Shop) -> None:
    path = extract(shop, "app/events")
    path.write_bytes(path.read_bytes()[:-2000])


@pytest.mark.parametrize(
    ("damage", "source", "words"),
    [
        (remove_file, "crm.customers", ["crm/customers", "missing"]),
        (drop_required_column, "webshop.order_lines", ["webshop/order_lines", "product_id", "prodct"]),
        (empty_parquet, "app.events", ["app/events.parquet", "no rows"]),
        (header_only, "pos.sales", ["pos/sales", "no rows"]),
        (cut_gzip, "app.events", ["app/events", "gzip"]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_broken_extract_stops_the_build_with_a_message_that_names_it(
    shop: Shop, damage: Callable[[Shop], None], source: str, words: list[str]
) -> None:
    damage(shop)
    before = shop.recommendations()

    # Without tests: reading the extract is to stop the build, before anything looks at what was read.
    result = shop.dbt("build", *all_that_reads(source), *MODELS_ONLY)

    assert result.returncode == 1
    assert "SKIP relation publish.releases" in result.stdout, result.stdout[-3000:]
    assert "Traceback" not in result.stdout
    missing = [word for word in words if word not in result.stdout]
    assert not missing, f"{missing} not in:\n{result.stdout[-3000:]}"
    assert shop.recommendations().equals(before)


def test_a_csv_cut_in_the_middle_of_a_row_keeps_the_books_balanced(shop: Shop) -> None:
    path = extract(shop, "webshop/order_lines")
    text = text_of(path)
    cut = text.index("\n", len(text) // 2) + 4
    as_plain_text(path, text[:cut])

    shop.build(*all_that_reads("webshop.order_lines"), *WITHOUT_SEEDS)

    ((raw, kept, merged, rejected),) = shop.query(
        "select raw_rows, kept_rows, merged_rows, rejected_rows from marts.quality_ledger where entity = 'order_lines'"
    )
    assert raw == kept + merged + rejected == text[:cut].count("\n")
    assert rejected > 0


def test_flipped_bytes_in_the_events_give_a_clear_error_or_balanced_books(shop: Shop) -> None:
    path = extract(shop, "app/events")
    damaged = bytearray(text_of(path).encode())
    choice = random.Random(1)
    for position in choice.sample(range(len(damaged)), len(damaged) // 100):
        damaged[position] ^= 1 << choice.randrange(8)
    path.unlink()
    (shop.raw / "app/events.jsonl").write_bytes(damaged)

    result = shop.dbt("build", *all_that_reads("app.events"), *WITHOUT_SEEDS)

    assert "Traceback" not in result.stdout
    if result.returncode:
        assert "app" in result.stdout and "rejected" in result.stdout, result.stdout[-3000:]
    ((raw, accounted),) = shop.query(
        "select raw_rows, kept_rows + merged_rows + rejected_rows from marts.quality_ledger where entity = 'events'"
    )
    assert raw == accounted
