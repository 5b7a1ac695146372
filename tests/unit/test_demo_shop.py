"""The demo shop: reproducible bytes, a truth that shows in behaviour, and every kind of dirt at its rate."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from glowhouse.demo import DemoConfig, DemoError, DemoReport, generate
from glowhouse.demo.command import demo
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.dirt import CHUNK_DIRT, PRODUCT_DIRT, Dirt
from glowhouse.demo.formulary import load_formulary
from glowhouse.demo.generate import FILES
from glowhouse.demo.vocabulary import AVOIDABLE, CATEGORIES, CONCERNS
from glowhouse.demo.world import Chunk, World, build_world, chunks

ROOT = Path(__file__).parents[2]
SMALL = DemoConfig(customers=300, products=100, seed=11, chunk_size=200)
Row = dict[str, str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, DemoReport]:
    """The folders of extracts and of the truth, and the report."""
    folder = tmp_path_factory.mktemp("demo")
    report = generate(SMALL, folder / "shop", truth_dir=folder / "truth")
    return folder / "shop", folder / "truth", report


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(SMALL)


@pytest.fixture(scope="module")
def played(world: World) -> list[Chunk]:
    return list(chunks(world))


def lines(path: Path) -> list[str]:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode().splitlines()


def rows(folder: Path, extract: str) -> list[Row]:
    """All readable rows of an extract."""
    path = folder / FILES[extract]
    if ".jsonl" not in path.suffixes:
        return [row for row in csv.DictReader(lines(path)) if None not in row.values()]
    return [json.loads(line) for line in lines(path) if line.endswith("}")]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_same_configuration_gives_the_same_bytes(shop: tuple[Path, Path, DemoReport], tmp_path: Path) -> None:
    generate(SMALL, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(shop[0])


def test_another_seed_gives_another_shop_in_every_file(tmp_path: Path) -> None:
    one, two = (DemoConfig(customers=30, products=60, seed=seed) for seed in (1, 2))
    generate(one, tmp_path / "one")
    generate(two, tmp_path / "two")
    first, second = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert first.keys() == second.keys() == {*FILES.values(), "README.md"}
    assert not [name for name in first if first[name] == second[name]]


def test_sizes_are_those_of_the_configuration(shop: tuple[Path, Path, DemoReport]) -> None:
    _, truth, report = shop
    assert pq.read_metadata(truth / "truth_customers.parquet").num_rows == SMALL.customers
    assert pq.read_metadata(truth / "truth_products.parquet").num_rows == SMALL.products
    # Dirt adds rows: customers sent twice, second accounts, testers.
    assert SMALL.customers < report.rows["crm.customers"] < 1.1 * SMALL.customers
    assert SMALL.products < report.rows["catalog.products"] < 1.1 * SMALL.products


def test_the_report_counts_the_rows_of_the_files(shop: tuple[Path, Path, DemoReport]) -> None:
    folder, _, report = shop
    for extract, path in FILES.items():
        header = 0 if ".jsonl" in path else 1
        assert len(lines(folder / path)) - header == report.rows[extract], extract


@pytest.mark.parametrize("kind", (*PRODUCT_DIRT, *CHUNK_DIRT), ids=lambda kind: kind.name)
def test_each_kind_of_dirt_is_present_at_its_rate(shop: tuple[Path, Path, DemoReport], kind: Dirt) -> None:
    eligible, dirty = shop[2].dirt[kind.name]
    chunk_count = 1 if kind in PRODUCT_DIRT else 2
    # Each chunk rounds for itself, and has at least one.
    assert dirty >= 1
    assert dirty == pytest.approx(kind.rate * eligible, abs=chunk_count)


def test_the_readme_lists_every_kind_of_dirt(shop: tuple[Path, Path, DemoReport]) -> None:
    text = (shop[0] / "README.md").read_text()
    for kind in (*PRODUCT_DIRT, *CHUNK_DIRT):
        assert f"| {kind.name} | {kind.extract} | {kind.description} |" in text


def test_dirt_shows_in_the_files(shop: tuple[Path, Path, DemoReport]) -> None:
    folder = shop[0]
    customers, products, orders, order_lines, sales, cards, events = (rows(folder, extract) for extract in FILES)

    ids = [row["customer_id"] for row in customers]
    assert len(ids) > len(set(ids))
    emails = [row["email"].strip().lower() for row in customers if row["email"]]
    assert len(emails) > len(set(emails))
    assert {"1e5", "100000", "00123", "123"} <= set(ids)
    assert any(re.fullmatch(r"\d\d\.\d\d\.\d{4}", row["birth_date"]) for row in customers)

    assert any("&amp;" in row["name"] + row.get("description", "") for row in products)
    assert any(isinstance(row.get("ingredients"), str) for row in products)
    assert any(isinstance(row.get("ingredients"), list) for row in products)
    assert any("," in row.get("price", "") for row in products)

    assert any(row["coupon_code"].startswith("TEST") for row in orders)
    assert max(row["ordered_at"] for row in orders if row["ordered_at"][4] == "-") > "2027"
    assert {row["order_id"] for row in order_lines} - {row["order_id"] for row in orders}
    assert any("," in row["unit_price"] for row in order_lines)

    assert any(row["article_no"].endswith(" ") for row in sales)
    assert {row["voided"] for row in sales} == {"J", "N"}
    assert any(not row["loyalty_card"] for row in sales)
    assert len({row["card_number"] for row in cards}) < len(cards)

    event_ids = [row["event_id"] for row in events]
    assert len(event_ids) > len(set(event_ids))
    assert any(row["occurred_at"].isdigit() for row in events)
    assert any("crawler" in row.get("user_agent", "").lower() for row in events)
    known = {row["product_id"] for row in products}
    assert any(row.get("product_id", "GH") not in known for row in events)
    assert [line for line in lines(folder / FILES["app.events"]) if not line.endswith("}")]


def test_sessions_begin_anonymous_and_log_in(shop: tuple[Path, Path, DemoReport]) -> None:
    sessions: dict[str, list[bool]] = {}
    for event in rows(shop[0], "app.events"):
        sessions.setdefault(event.get("session_id", ""), []).append("customer_id" in event)
    mixed = [known for known in sessions.values() if True in known and False in known]
    assert len(mixed) > 0.1 * len(sessions)


def test_who_avoids_something_never_buys_it(world: World, played: list[Chunk]) -> None:
    family_names = world.formulary.family_names
    purchases = 0
    for chunk in played:
        for customer, bought in zip(chunk.visits.customer, chunk.visits.bought, strict=True):
            contained = world.products.families[bought[bought >= 0]].any(axis=0)
            for index in np.flatnonzero(chunk.people.avoids[customer]):
                assert not contained[family_names.index(list(AVOIDABLE)[index])]
                purchases += int((bought >= 0).sum())
    assert purchases > 100


def test_exclusion_searches_are_made_by_those_who_avoid(shop: tuple[Path, Path, DemoReport]) -> None:
    folder, truth, _ = shop
    table = pq.read_table(truth / "truth_customers.parquet", columns=["customer_id", "avoids"]).to_pydict()
    avoids = dict(zip(table["customer_id"], table["avoids"], strict=True))
    fragrance_free = [
        event.get("customer_id")
        for event in rows(folder, "app.events")
        if re.search(r"(fragrance|perfume|parfum)[ -]free", event.get("query", ""))
    ]
    searchers = [customer for customer in fragrance_free if customer in avoids]
    assert searchers
    assert all("fragrance" in avoids[customer] for customer in searchers)


def test_some_customers_have_no_purchase_and_some_no_profile() -> None:
    (chunk,) = chunks(build_world(DemoConfig(customers=1500, products=60)))
    buyers = np.unique(chunk.visits.customer[chunk.visits.bought[:, 0] >= 0])
    assert len(chunk.people) - buyers.size >= 60
    assert 0 < (~chunk.people.known).sum() < 60


def test_nothing_is_sold_before_its_launch_or_after_its_withdrawal(world: World, played: list[Chunk]) -> None:
    visits, products = played[0].visits, world.products
    has = visits.bought >= 0
    day = np.broadcast_to(visits.day[:, None], has.shape)[has]
    assert (products.launched[visits.bought[has]] <= day).all()
    assert (products.withdrawn[visits.bought[has]] > day).all()
    assert (products.launched == HISTORY_DAYS).sum() >= 2


def test_purchases_follow_needs_and_repeat(world: World, played: list[Chunk]) -> None:
    """What was bought serves its buyer's needs better than it serves another buyer's."""
    visits, people = played[0].visits, played[0].people
    visit, place = np.nonzero(visits.bought >= 0)
    buyer, product = visits.customer[visit], visits.bought[visit, place]
    served = (people.needs[buyer] * world.products.concerns[product]).sum(axis=1)
    stranger = np.random.default_rng(0).permutation(buyer)
    assert served.mean() > 1.15 * (people.needs[stranger] * world.products.concerns[product]).sum(axis=1).mean()
    pairs = set(zip(buyer.tolist(), product.tolist(), strict=True))
    assert 0.1 < 1 - len(pairs) / buyer.size < 0.6


def test_ingredient_lists_begin_with_the_base_and_end_with_the_scent(world: World) -> None:
    formulary, products = world.formulary, world.products
    scent = {*formulary.by_role["perfume"], *formulary.by_role["allergen"]}
    for members, category in zip(products.ingredients, products.category, strict=True):
        assert len(members) == len(set(members)) >= 5
        if CATEGORIES[category].recipe in ("cream", "water", "wash"):
            assert formulary.names[members[0]] == "Aqua"
            places = [place for place, member in enumerate(members) if member in scent]
            assert places == list(range(len(members) - len(places), len(members)))


def test_the_reference_seeds_know_the_words_of_the_shop() -> None:
    """The expert knows every ingredient, and counts no ingredient to an avoidable family that its avoiders buy."""

    def seed(name: str) -> Iterator[Row]:
        return csv.DictReader(io.StringIO((ROOT / "seeds" / "reference" / f"{name}.csv").read_text()))

    ids = {row["synonym"]: row["ingredient_id"] for row in seed("ref_ingredient_synonyms")}
    members = {(row["ingredient_id"], row["family_id"]) for row in seed("ref_ingredient_family_members")}
    formulary = load_formulary()
    for name, families in zip(formulary.names, formulary.families, strict=True):
        ingredient = ids[name.lower().rstrip(".")]
        for family, contained in zip(AVOIDABLE, families, strict=False):
            assert contained or (ingredient, family) not in members, (name, family)
    assert {row["concern_id"] for row in seed("ref_concerns")} >= set(CONCERNS)


def test_the_committed_shop_is_small_and_of_the_promised_size() -> None:
    folder = ROOT / "seeds" / "demo"
    assert sum(len(data) for data in contents(folder).values()) < 6_000_000
    order_lines = len(lines(folder / FILES["webshop.order_lines"])) + len(lines(folder / FILES["pos.sales"]))
    assert 18_000 < order_lines < 23_000
    assert 75_000 < len(lines(folder / FILES["app.events"])) < 95_000


def test_the_committed_shop_is_what_the_generator_makes(tmp_path: Path) -> None:
    """Compared unzipped: another build of zlib may compress the same rows to other bytes."""
    generate(DemoConfig(), tmp_path / "shop")
    for path in FILES.values():
        assert lines(tmp_path / "shop" / path) == lines(ROOT / "seeds" / "demo" / path), path
    assert (tmp_path / "shop" / "README.md").read_text() == (ROOT / "seeds" / "demo" / "README.md").read_text()


def test_a_shop_is_replaced_only_with_force(tmp_path: Path) -> None:
    config = DemoConfig(customers=5, products=50)
    generate(config, tmp_path / "shop")
    (tmp_path / "shop" / "stray.txt").touch()
    with pytest.raises(DemoError, match="add --force"):
        generate(config, tmp_path / "shop")
    generate(config, tmp_path / "shop", force=True)
    assert not (tmp_path / "shop" / "stray.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_a_folder_that_is_no_shop_is_left_alone_even_with_force(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(DemoError, match="left alone"):
        generate(DemoConfig(customers=5, products=50), tmp_path, force=True)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_failure_leaves_no_half_written_shop(tmp_path: Path) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(DemoConfig(customers=5, products=50), tmp_path / "shop", progress=interrupt)
    assert not list(tmp_path.iterdir())


def test_the_command_reports_and_refuses_impossible_sizes(tmp_path: Path) -> None:
    screen = io.StringIO()
    demo(tmp_path / "shop", Console(file=screen, width=120), customers=5, products=50, seed=3)
    assert "app.events" in screen.getvalue()
    with pytest.raises(DemoError, match="at least 50 products"):
        demo(tmp_path / "other", Console(file=screen), customers=5, products=3)
