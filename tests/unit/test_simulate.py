"""The simulator: what it writes is labelled, consistent and repeatable, and its truth is one."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest
from rich.console import Console
from scipy.stats import binomtest

from glowhouse.demo.config import DemoConfig
from glowhouse.demo.generate import FILES, generate
from glowhouse.demo.world import build_world, chunks
from glowhouse.release_files import SERVING_FILE
from glowhouse.simulate import lists, reactions, visits
from glowhouse.simulate.lists import SimulationError
from glowhouse.simulate.run import NOTE, Simulation, simulate
from models_py.experiments.assignment import experiments_of
from models_py.experiments.off_policy import estimates

DEMO = DemoConfig(customers=250, products=80, seed=5)
SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "reference"


def seed_rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the extracts of a demo shop, and a release that recommends everybody ten random products."""
    folder = tmp_path_factory.mktemp("shop")
    generate(DEMO, folder / "raw")
    world = build_world(DEMO)
    (chunk,) = chunks(world)
    rng = np.random.default_rng(0)
    rows = [
        (customer, rank + 1, world.product_ids[product], "skin_concern_match", "run_1")
        for customer in chunk.customer_ids
        for rank, product in enumerate(rng.choice(len(world.product_ids), lists.LIST_LENGTH, replace=False))
    ]
    with duckdb.connect(str(folder / SERVING_FILE)) as connection:
        connection.execute(
            "create table recommendations "
            "(customer_id text, rank int, product_id text, reason_code text, model_run_id text)"
        )
        connection.executemany("insert into recommendations values (?, ?, ?, ?, ?)", rows)
        connection.execute("create table products (product_id text, is_in_stock boolean)")
        connection.executemany("insert into products values (?, true)", [(p,) for p in world.product_ids])
        for table, seed in (("experiments", "ref_experiments"), ("experiment_arms", "ref_experiment_arms")):
            connection.execute(f"create table {table} as select * from read_csv('{SEEDS}/{seed}.csv')")
    return folder


@pytest.fixture(scope="module")
def played(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulation, Path]:
    target = tmp_path_factory.mktemp("played") / "raw"
    return simulate(DEMO, 4, shop / "raw", shop, target), target


def new_events(folder: Path) -> list[dict[str, str]]:
    with gzip.open(folder / FILES["app.events"], "rt", encoding="utf-8", errors="replace") as file:
        return [json.loads(line) for line in file if line.startswith('{"event_id":"sim-')]


def test_every_event_says_that_it_is_simulated_and_the_folder_does_too(played: tuple[Simulation, Path]) -> None:
    done, folder = played
    events = new_events(folder)
    assert len(events) == done.events > 500
    assert {event["is_simulated"] for event in events} == {"true"}
    assert (folder / NOTE).read_text(encoding="utf-8").startswith("# Simulated")


def test_what_was_there_is_still_there(shop: Path, played: tuple[Simulation, Path]) -> None:
    for extract in ("app.events", "webshop.orders", "webshop.order_lines"):
        before, after = (gzip.decompress((f / FILES[extract]).read_bytes()) for f in (shop / "raw", played[1]))
        assert after.startswith(before)
        assert len(after) > len(before)


def test_customers_see_the_arm_that_the_warehouse_would_give_them(played: tuple[Simulation, Path]) -> None:
    (experiment,) = experiments_of(seed_rows("ref_experiments"), seed_rows("ref_experiment_arms"))
    for event in new_events(played[1]):
        assert event["experiment_arm"] == experiment.arm_of(event["customer_id"]).arm


def test_orders_have_lines_and_are_among_the_clicked_or_something_else(played: tuple[Simulation, Path]) -> None:
    with gzip.open(played[1] / FILES["webshop.order_lines"], "rt", encoding="utf-8", errors="replace") as file:
        lines = [row for row in csv.DictReader(file) if str(row["order_id"]).startswith("sim-")]
    assert len({line["order_id"] for line in lines}) == played[0].orders
    assert {line["line_number"] for line in lines if line["order_id"] == lines[0]["order_id"]} >= {"1"}


def test_equal_arguments_give_equal_bytes(shop: Path, played: tuple[Simulation, Path], tmp_path: Path) -> None:
    again = simulate(DEMO, 4, shop / "raw", shop, tmp_path / "again")
    assert again == played[0]
    for extract in FILES.values():
        one, other = (hashlib.sha256((f / extract).read_bytes()).hexdigest() for f in (played[1], tmp_path / "again"))
        assert one == other, extract


def test_each_week_holds_what_had_happened_and_the_last_one_everything(
    shop: Path, played: tuple[Simulation, Path], tmp_path: Path
) -> None:
    assert simulate(DEMO, 4, shop / "raw", shop, tmp_path / "weeks", by_week=True) == played[0]
    for extract in FILES.values():
        assert (tmp_path / "weeks" / "week_4" / extract).read_bytes() == (played[1] / extract).read_bytes()

    after_two = tmp_path / "weeks" / "week_2"
    assert (after_two / NOTE).read_text(encoding="utf-8").splitlines()[2].startswith("The last 2 weeks")
    then, everything = (
        {event["event_id"]: event["occurred_at"] for event in new_events(folder)} for folder in (after_two, played[1])
    )
    assert {event["extracted_at"] for event in new_events(after_two)} == {"2026-11-15 06:00:00"}
    assert then == {event: at for event, at in everything.items() if at <= "2026-11-15T06:00:00Z"}
    orders, lines = (
        {line.split(",")[0] for line in gzip.decompress((after_two / FILES[extract]).read_bytes()).decode().splitlines()
         if line.startswith("sim-")}
        for extract in ("webshop.orders", "webshop.order_lines")
    )  # fmt: skip
    assert 0 < len(orders) < played[0].orders and lines == orders


def test_propensities_are_the_frequencies_with_which_products_stand_where_they_stand() -> None:
    released = lists.Released(
        {"a": 0}, np.arange(10)[None, :], np.full((1, 10), "popular_now", dtype=object), "run", frozenset()
    )
    shown = lists.model_lists(released, np.zeros(20_000, dtype=int), np.random.default_rng(1))
    for product, place in ((0, 0), (3, 0), (9, 5), (5, 5)):
        here = shown.product[:, place] == product
        (propensity,) = set(shown.propensity[here, place])
        assert binomtest(int(here.sum()), 20_000, propensity).pvalue > 1e-4


def test_the_log_of_an_exploring_arm_tells_what_it_earns_without_exploring() -> None:
    world = build_world(DEMO)
    (chunk,) = chunks(world)
    rng = np.random.default_rng(6)
    schedule = visits.draw_schedule(chunk.people, np.arange(250), 700, rng)
    visitors = visits.visitors(chunk.people, world.products, chunk.visits, schedule)
    own = rng.integers(0, 80, (1, 10)).astype(np.int32)
    released = lists.Released({"a": 0}, own, np.full((1, 10), "popular_now", dtype=object), "run", frozenset())
    logged = lists.model_lists(released, np.zeros(len(schedule), dtype=int), rng)
    luck = reactions.draw_luck(world, chunk.people, visitors, rng)
    clicked = reactions.react(world, chunk.people, visitors, logged.product, luck).clicked
    truth = reactions.react(
        world, chunk.people, visitors, np.tile(own[:, : lists.SHOWN], (len(schedule), 1)), luck
    ).clicked
    customers = np.repeat(schedule.who, lists.SHOWN)
    for found in estimates(clicked.ravel(), logged.propensity.ravel(), (logged.propensity > 0.5).ravel(), customers):
        assert abs(found.value - truth.mean()) < 3 * found.standard_error
        assert abs(found.mean_weight - 1) < 0.02


def test_higher_places_are_clicked_more_and_what_is_avoided_never() -> None:
    world = build_world(DEMO)
    (chunk,) = chunks(world)
    rng = np.random.default_rng(2)
    schedule = visits.draw_schedule(chunk.people, np.arange(250), 600, rng)
    visitors = visits.visitors(chunk.people, world.products, chunk.visits, schedule)
    product = rng.integers(0, 80, (len(schedule), lists.SHOWN)).astype(np.int32)
    luck = reactions.draw_luck(world, chunk.people, visitors, rng)
    done = reactions.react(world, chunk.people, visitors, product, luck)
    clicks = done.clicked.sum(axis=0)
    assert clicks[0] > 1.5 * clicks[-1]
    avoided = (
        world.products.families[product][:, :, : chunk.people.avoids.shape[1]]
        & chunk.people.avoids[schedule.who][:, None, :]
    ).any(axis=2)
    assert avoided.any()
    assert not done.clicked[avoided].any()
    assert done.complained.any()
    assert not done.complained[~avoided].any()


def test_a_list_without_effect_has_none_in_truth(shop: Path) -> None:
    # Equal lists in both arms and equal luck: potential outcomes are equal, not just similar.
    world = build_world(DEMO)
    (chunk,) = chunks(world)
    schedule = visits.draw_schedule(chunk.people, np.arange(250), 28, np.random.default_rng(3))
    visitors = visits.visitors(chunk.people, world.products, chunk.visits, schedule)
    luck = reactions.draw_luck(world, chunk.people, visitors, np.random.default_rng(4))
    same = lists.bestseller_lists(np.arange(10, dtype=np.int32), len(schedule))
    once, again = (reactions.react(world, chunk.people, visitors, same.product, luck) for _ in range(2))
    assert (once.clicked == again.clicked).all()
    assert (once.other == again.other).all()


@pytest.mark.parametrize(
    ("config", "message"),
    [(DemoConfig(customers=250, products=60, seed=5), "does not have"), (DemoConfig(customers=6000), "At most")],
)
def test_another_shop_is_refused(shop: Path, tmp_path: Path, config: DemoConfig, message: str) -> None:
    with pytest.raises(SimulationError, match=message):
        simulate(config, 1, shop / "raw", shop, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_folders_that_cannot_be_used_are_refused(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match="not empty"):
        simulate(DEMO, 1, shop / "raw", shop, shop / "raw")
    with pytest.raises(SimulationError, match="no demo shop"):
        simulate(DEMO, 1, tmp_path, shop, tmp_path / "x")
    with pytest.raises(SimulationError, match="dbt build"):
        simulate(DEMO, 1, shop / "raw", tmp_path, tmp_path / "x")


def test_the_command_prints_the_truth_as_simulated(shop: Path, tmp_path: Path) -> None:
    from glowhouse.simulate.command import simulate_shop

    console = Console(record=True, width=200)
    simulate_shop(shop / "raw", shop, tmp_path / "to", console, weeks=3, customers=250, products=80, seed=5)
    text = console.export_text()
    assert "SIMULATED" in text
    assert "click_through_rate" in text
    assert f"GLOWHOUSE_RAW={tmp_path / 'to'} dbt build" in text
