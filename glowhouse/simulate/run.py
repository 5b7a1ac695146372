"""From a built demo shop to the extracts of the same shop some weeks later."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from glowhouse.demo.arrays import IntArray
from glowhouse.demo.config import DemoConfig
from glowhouse.demo.generate import FILES
from glowhouse.demo.world import build_world, chunks
from glowhouse.demo.writers import TableWriter
from glowhouse.release_files import SERVING_FILE
from glowhouse.simulate import drift, lists, reactions, records, visits
from glowhouse.simulate.lists import SimulationError
from glowhouse.simulate.reactions import Reactions
from glowhouse.simulate.truth import true_values
from glowhouse.simulate.weeks import after_week, extracted_after
from models_py.experiments.assignment import Experiment, experiments_of

#: Where the folder says that it is simulated.
NOTE = "SIMULATED.md"


class _Stream(IntEnum):
    """Random numbers apart from the demo shop's own; more customers in one stream change nothing in another."""

    VISITS = 100
    EXPLORATION = 101
    LUCK = 102
    NEWCOMERS = 103


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was simulated: how much, and the true values of the metrics by arm."""

    experiment_id: str
    weeks: int
    customers: int
    visits: int
    events: int
    orders: int
    truth: dict[str, dict[str, float]]


def simulate(
    demo: DemoConfig,
    weeks: int,
    raw: Path,
    release_folder: Path,
    target: Path,
    drift_week: int | None = None,
    by_week: bool = False,
) -> Simulation:
    """Play `weeks` weeks after the end of the demo shop's history and write its extracts to `target`.

    The extracts of `raw` are copied and the new events and orders appended. Equal arguments give equal bytes.

    Args:
        demo: size and seed of the shop in `raw`.
        weeks: how long to play.
        raw: extracts of the demo shop, as `glowhouse demo` wrote them.
        release_folder: where the release lies whose recommendations the model arm shows.
        target: a new folder.
        drift_week: the week in which the world begins to change, see `drift.py`; None: it stays as it is.
        by_week: write the extracts as they are after each week, into `week_1`, `week_2`, … below `target`.

    Raises:
        SimulationError: a folder cannot be used, the release is not of this shop, or no experiment runs then.
    """
    if drift_week is not None and not 1 <= drift_week <= weeks:
        raise SimulationError(f"The world cannot begin to change in week {drift_week}: {weeks} weeks are played.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise SimulationError(f"{target} already exists and is not empty; name another folder.")
    if not (raw / FILES["app.events"]).is_file():
        raise SimulationError(f"{raw} holds no demo shop: {FILES['app.events']} is missing.")
    if demo.customers > demo.chunk_size:
        raise SimulationError(f"At most {demo.chunk_size:,} customers can be simulated.")
    world = build_world(demo)
    (chunk,) = chunks(world)
    released = lists.read_release(release_folder, world.product_ids)
    begins = datetime.combine(demo.ends_on + timedelta(days=1), time())
    experiment, outcome_days = _experiment(release_folder, begins)
    days = 7 * weeks

    eligible = np.array([i for i, customer in enumerate(chunk.customer_ids) if customer in released.customers], int)
    people = chunk.people
    schedule = visits.draw_schedule(people, eligible, days, _random(demo, _Stream.VISITS))
    visitors = visits.visitors(people, world.products, chunk.visits, schedule)
    customer_id = np.array(chunk.customer_ids, dtype=object)[schedule.who]
    rows = np.array([released.customers[customer] for customer in customer_id], dtype=np.int64)
    best = lists.bestsellers(chunk.visits, world.product_ids, released.in_stock)
    of_model = lists.model_lists(released, rows, _random(demo, _Stream.EXPLORATION))
    of_all = lists.bestseller_lists(best, len(schedule))
    changed_on = np.inf if drift_week is None else drift.first_day(drift_week)
    is_after, people_after = schedule.day >= changed_on, drift.with_new_need(people)
    luck = drift.from_then_on(
        is_after,
        *(reactions.draw_luck(world, them, visitors, _random(demo, _Stream.LUCK)) for them in (people, people_after)),
    )

    def react(product: IntArray) -> Reactions:
        return drift.from_then_on(
            is_after, *(reactions.react(world, them, visitors, product, luck) for them in (people, people_after))
        )

    arms = {customer: experiment.arm_of(customer) for customer in set(customer_id.tolist())}
    is_model = np.array([arms[customer].policy == "model" for customer in customer_id], dtype=bool)
    shown = lists.choose(is_model, of_model, of_all)
    done = react(shown.product)
    session = records.Session(
        customer_id=customer_id,
        arm=np.array([arms[customer].arm for customer in customer_id], dtype=object),
        model_run_id=np.array([released.model_run_id if model else None for model in is_model], dtype=object),
        experiment_id=experiment.experiment_id,
        extracted_at=extracted_after(begins, weeks),
    )
    events = records.events(world, schedule, session, shown, done, luck)
    heads, lines = records.orders(world, schedule, session, shown, done)
    frames = {"app.events": [events], "webshop.orders": [heads], "webshop.order_lines": [lines]}
    if drift_week is not None:
        count = round(drift.NEWCOMERS * demo.customers)
        new = drift.newcomers(world, count, drift.first_day(drift_week), days, _random(demo, _Stream.NEWCOMERS))
        frames["crm.customers"] = [new.customers]
        frames["webshop.orders"].append(new.orders)
        frames["webshop.order_lines"].append(new.lines)
    added = {extract: pd.concat(parts) for extract, parts in frames.items()}
    if by_week:
        each = range(1, weeks + 1)
        _write(raw, target, {f"week_{week}": (week, after_week(added, begins, week)) for week in each})
    else:
        _write(raw, target, {"": (weeks, added)})
    return Simulation(
        experiment_id=experiment.experiment_id,
        weeks=weeks,
        customers=len(arms),
        visits=len(schedule),
        events=len(events),
        orders=len(heads),
        truth={
            arm.arm: true_values(
                world,
                schedule,
                of_arm.product,
                react(of_arm.product),
                outcome_days,
                days,
            )
            for arm in experiment.arms
            for of_arm in [of_model if arm.policy == "model" else of_all]
        },
    )


def _random(demo: DemoConfig, stream: _Stream) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([demo.seed, int(stream)]))


def _experiment(release_folder: Path, at: datetime) -> tuple[Experiment, int]:
    """The experiment of the release that runs at this moment, and its window in days."""
    path = release_folder / SERVING_FILE
    with duckdb.connect(str(path), read_only=True) as connection:
        rows, arms = (
            connection.sql(f"select * from {table}").to_arrow_table().to_pylist()
            for table in ("experiments", "experiment_arms")
        )
    for experiment, row in zip(experiments_of(rows, arms), rows, strict=True):
        if experiment.is_running(at):
            return experiment, int(row["outcome_days"])
    raise SimulationError(f"No experiment of {path} runs on {at:%Y-%m-%d}: see seeds/reference/ref_experiments.csv.")


def _write(raw: Path, target: Path, shops: Mapping[str, tuple[int, Mapping[str, pd.DataFrame]]]) -> None:
    """Copy the extracts and append the frames, once a shop: by its folder, its weeks and frames.

    The target appears whole or not at all.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        whole = Path(scratch) / "shops"
        for folder, (weeks, frames) in shops.items():
            shop = whole / folder
            shutil.copytree(raw, shop)
            for extract, frame in frames.items():
                _append(shop / FILES[extract], frame, Path(scratch) / "new")
            (shop / NOTE).write_text(
                f"# Simulated\n\nThe last {weeks} weeks of {', '.join(sorted(frames))} (ids start with "
                f"`{records.PREFIX}`) were made by `glowhouse simulate`. They are no evidence about any real shop.\n",
                encoding="utf-8",
            )
        if target.exists():
            target.rmdir()
        whole.replace(target)


def _append(path: Path, frame: pd.DataFrame, scratch: Path) -> None:
    """Append rows to an extract, to a compressed one as a second gzip member."""
    addition = scratch.with_suffix("".join(path.suffixes))
    with TableWriter(addition) as writer:
        writer.write(frame)
    is_compressed = path.suffix == ".gz"
    content = gzip.decompress(addition.read_bytes()) if is_compressed else addition.read_bytes()
    if ".csv" in path.suffixes:
        header, content = content.split(b"\n", 1)
        with gzip.open(path) if is_compressed else path.open("rb") as file:
            there = file.readline().rstrip(b"\n")
        if header != there:
            raise SimulationError(f"{path.name} has the columns {there.decode()!r}, not {header.decode()!r}.")
    with path.open("ab") as file:
        file.write(gzip.compress(content, 6, mtime=0) if is_compressed else content)
