"""From a configuration to a folder of extracts."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from glowhouse.demo import master_data, systems
from glowhouse.demo.config import DemoConfig
from glowhouse.demo.dirt import CHUNK_DIRT, PRODUCT_DIRT, make_dirty
from glowhouse.demo.dirt_tools import Dirtied, Tables
from glowhouse.demo.journeys import draw_clock, draw_events
from glowhouse.demo.readme import TITLE, readme
from glowhouse.demo.truth import TruthWriter
from glowhouse.demo.world import Chunk, Stream, World, build_world, chunks, random_stream
from glowhouse.demo.writers import TableWriter
from glowhouse.errors import GlowhouseError

# Each system exports in its own format.
FILES = {
    "crm.customers": "crm/customers.csv",
    "catalog.products": "catalog/products.jsonl.gz",
    "webshop.orders": "webshop/orders.csv.gz",
    "webshop.order_lines": "webshop/order_lines.csv.gz",
    "pos.sales": "pos/sales.csv.gz",
    "pos.loyalty_cards": "pos/loyalty_cards.csv",
    "app.events": "app/events.jsonl.gz",
}


class DemoError(GlowhouseError):
    """The folder that was named for the demo shop cannot be used."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What was written: rows of each extract (dirt included), and the count of each kind of dirt."""

    rows: dict[str, int]
    dirt: dict[str, Dirtied]


def generate(
    config: DemoConfig,
    out_dir: Path,
    *,
    force: bool = False,
    truth_dir: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> DemoReport:
    """Write the extracts of one demo shop to `out_dir`; equal configurations give equal bytes.

    Everything is written to a temporary folder beside `out_dir` first, which then takes its place, so that nobody sees
    half a shop. `truth_dir` receives what no source system knows, as Parquet. `progress` is called with the number of
    customers done after each chunk.

    Raises DemoError when `out_dir` cannot be used; nothing was changed then.
    """
    _check_target(out_dir, force=force)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out_dir.name}-", dir=out_dir.parent) as scratch:
        shop = Path(scratch) / "shop"
        report = _write(config, shop, truth_dir, progress)
        (shop / "README.md").write_text(readme(config, report.rows, report.dirt, FILES), encoding="utf-8")
        _replace(shop, out_dir, Path(scratch) / "old")
    return report


def _check_target(out_dir: Path, *, force: bool) -> None:
    """Refuse to overwrite anything but, with `force`, another demo shop."""
    if out_dir.exists() and not out_dir.is_dir():
        raise DemoError(f"{out_dir} is a file; name a folder.")
    if not out_dir.exists() or not any(out_dir.iterdir()):
        return
    notes = out_dir / "README.md"
    if not notes.is_file() or not notes.read_text(encoding="utf-8").startswith(TITLE):
        raise DemoError(f"{out_dir} is not empty and holds no demo shop, so it is left alone; choose another folder.")
    if not force:
        raise DemoError(f"{out_dir} already holds a demo shop; add --force to replace it.")


def _write(
    config: DemoConfig, out_dir: Path, truth_dir: Path | None, progress: Callable[[int], None] | None
) -> DemoReport:
    world = build_world(config)
    eligible: Counter[str] = Counter()
    dirty: Counter[str] = Counter()

    def note(counts: dict[str, Dirtied]) -> None:
        for name, count in counts.items():
            eligible[name] += count.eligible
            dirty[name] += count.dirty

    with ExitStack() as stack:
        writers = {name: stack.enter_context(TableWriter(out_dir / path)) for name, path in FILES.items()}
        truth = stack.enter_context(TruthWriter(truth_dir, world)) if truth_dir else None
        catalogue = {"catalog.products": master_data.products(world, random_stream(config, Stream.SYSTEMS, 0))}
        note(make_dirty(catalogue, PRODUCT_DIRT, config, 0))
        writers["catalog.products"].write(catalogue["catalog.products"])
        done = 0
        for chunk in chunks(world):
            tables = extracts(world, chunk)
            note(make_dirty(tables, CHUNK_DIRT, config, chunk.number))
            for name, table in tables.items():
                writers[name].write(table)
            if truth:
                truth.write(chunk)
            done += len(chunk.people)
            if progress:
                progress(done)
        rows = {name: writer.rows for name, writer in writers.items()}
    return DemoReport(rows, {name: Dirtied(eligible[name], dirty[name]) for name in eligible})


def extracts(world: World, chunk: Chunk) -> Tables:
    """The clean extracts of one chunk of customers, without the catalogue."""
    journeys = random_stream(world.config, Stream.JOURNEYS, chunk.number)
    # The catalogue has used the first stream of the systems.
    rng = random_stream(world.config, Stream.SYSTEMS, chunk.number + 1)
    clock, looks = draw_clock(chunk.visits, journeys)
    events = draw_events(world, chunk, clock, looks, journeys)
    sales = systems.draw_sales(world, chunk, clock, rng)
    orders, lines = systems.webshop(world, chunk, sales, clock, rng)
    till_sales, cards = systems.tills(world, chunk, sales, clock, rng)
    return {
        "crm.customers": master_data.customers(world, chunk, rng),
        "webshop.orders": orders,
        "webshop.order_lines": lines,
        "pos.sales": till_sales,
        "pos.loyalty_cards": cards,
        "app.events": systems.app(world, chunk, events, rng),
    }


def _replace(new: Path, target: Path, old: Path) -> None:
    """Put `new` where `target` is; what was there moves to `old`, from where it is deleted with the scratch folder."""
    if target.exists():
        target.replace(old)
    try:
        new.replace(target)
    except OSError:
        if old.exists():
            shutil.move(old, target)
        raise
