"""Public data pass through the same models: two systems absent, no prices, no profiles, days instead of times."""

from __future__ import annotations

import gzip
import random
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BIN, Shop

CUSTOMERS, PRODUCTS, BOUGHT = 40, 50, 5
DAY = 86_400


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A miniature of the Amazon Beauty files: every customer bought five products, two of them on one day."""
    choice = random.Random(5)
    folder = tmp_path / "source"
    (folder / "derived").mkdir(parents=True)
    bought = {customer: choice.sample(range(1, PRODUCTS + 1), BOUGHT) for customer in range(1, CUSTOMERS + 1)}
    days = [15_000, 15_010, 15_020, 15_030, 15_030]
    lines = [f"{customer} {' '.join(map(str, products))}" for customer, products in bought.items()]
    times = [f"{customer} {' '.join(str((day + customer) * DAY) for day in days)}" for customer in bought]
    items = [f'{item},B{item:09},"Product {item}",Brand {item % 5},Skin Care|Face,' for item in range(1, PRODUCTS + 1)]
    (folder / "Beauty.txt").write_text("\n".join(lines) + "\n")
    (folder / "Beauty_time_org_rank.txt.gz").write_bytes(gzip.compress(("\n".join(times) + "\n").encode()))
    (folder / "derived/items.csv").write_text(
        "item_id,asin,title,brand,category_path,rare_categories\n" + "\n".join(items) + "\n"
    )
    (folder / "derived/ratings_last20pct.csv").write_text(
        f"user_id,item_id,rating,timestamp\n1,{bought[1][4]},5,{(15_030 + 1) * DAY}\n"
    )
    return folder


def test_amazon_beauty_is_ingested_and_built_like_any_shop(source: Path, tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    ingest = [str(BIN / "glowhouse"), "ingest", "amazon-beauty", "--from", str(source), "--to", str(shop.raw)]
    subprocess.run(ingest, check=True, capture_output=True, text=True)

    shop.build("--exclude", "resource_type:unit_test")

    books = dict(shop.query("select entity, kept_rows from marts.quality_ledger where is_balanced"))
    assert books["order_lines"] == CUSTOMERS * BOUGHT
    assert books["sales"] == 0
    recommended = shop.query("select count(*), count(distinct customer_id) from recommendations", shop.serving)
    assert recommended == [(CUSTOMERS * 10, CUSTOMERS)]
    # The file's order inside a day decides which purchase is the last: the held-out one.
    last = source.joinpath("Beauty.txt").read_text().splitlines()[0].split()[-1]
    assert shop.query(
        "select product_id from features.ftr_targets "
        "where protocol = 'published' and split = 'test' and customer_id = '1'"
    ) == [(last,)]
