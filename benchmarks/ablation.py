"""What each part is worth: the hybrid with one part switched off, its ranker trained again, on the same questions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import ablation_report, beauty_warehouse
from benchmarks.ablation_questions import World, everyday, with_newcomers
from benchmarks.ablation_report import Measured
from models_py.config import RunConfig
from models_py.config_file import DEFAULT_FILE, configured
from models_py.evaluation.cold_start import PATHS
from models_py.fingerprint import fingerprint
from models_py.ranking.hybrid import LAMBDAMART, LINEAR, RANKERS
from models_py.tables import Tables

# What others know are purchases, and of newcomers there are none.
SPEAK_OF_NEWCOMERS = frozenset(part for parts in PATHS.values() for part in parts)
# The key under which a file of results says what it was made from.
MADE_FROM = b"made_from"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
console = Console(stderr=True)


@dataclass(frozen=True)
class Job:
    """One hybrid to train and ask.

    Attributes:
        without: the part that is switched off; None: the whole hybrid.
        world: the shop as it is, or with customers and products that nothing fitted has met.
    """

    without: str | None
    world: Callable[[], World]
    file: str


@app.command(
    epilog="Examples: `python -m benchmarks.ablation demo=glowhouse.duckdb` · "
    "`python -m benchmarks.ablation one=one.duckdb two=two.duckdb --rankers linear --parts content,bucket`"
)
def main(
    warehouses: Annotated[list[str], typer.Argument(help="Shops, as NAME=FILE: warehouses that `dbt build` made.")],
    rankers: Annotated[str, typer.Option(help="Which rankers.")] = ",".join((LINEAR, LAMBDAMART)),
    parts: Annotated[str, typer.Option(help="The parts to switch off.", show_default="all")] = "",
    config: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Configuration, instead of config/model.yml.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="For results; what is there is not made again.")] = Path(
        "benchmarks/results/ablation"
    ),
) -> None:
    """Switch off **one part at a time**, train without it, and print what it adds to NDCG@10, question by question.

    An interrupted run continues where it stopped. Results are kept by what they were made from: after a change of data,
    configuration or code they are made anew.
    """
    done = []
    for ranker in _names(rankers, RANKERS, "ranker"):
        for shop, path in (text.split("=", 1) for text in warehouses):
            settings = configured(config or beauty_warehouse.ROOT / DEFAULT_FILE, hybrid={"ranker": ranker})
            every = settings.hybrid.parts
            tables = beauty_warehouse.read(Path(path))
            jobs = list(_jobs(tables, settings, _names(parts, every, "part") if parts else sorted(every)))
            users = work(jobs, folder / f"{shop}_{ranker}", fingerprint(tables, settings), f"{shop}, {ranker}")
            done.append(Measured(shop, ranker, pa.concat_tables(users)))
    text = ablation_report.markdown(done)
    (folder / "table.md").write_text(text + "\n")
    print(text)


def _names(text: str, possible: tuple[str, ...], kind: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in possible:
            raise typer.BadParameter(f"there is no {kind} '{name}'; choose of {', '.join(possible)}")
    return names


def _jobs(tables: Tables, config: RunConfig, parts: list[str]) -> Iterator[Job]:
    """World by world, so that one at a time is kept."""
    world = lru_cache(maxsize=1)(lambda build: build(tables, config))
    for build in (everyday, with_newcomers):
        for part in (None, *parts):
            if build is everyday or part is None or part in SPEAK_OF_NEWCOMERS:
                yield Job(part, partial(world, build), f"{build.__name__}_{part or 'whole'}.parquet")


def work(jobs: list[Job], folder: Path, mark: str, title: str) -> Iterator[pa.Table]:
    """Rows of `evaluation.USERS_SCHEMA` of each job: what is known, or else measured and kept."""
    folder.mkdir(parents=True, exist_ok=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    ) as progress:
        bar = progress.add_task(title, total=len(jobs))
        for job in jobs:
            path = folder / job.file
            progress.update(bar, description=f"{title}: {path.stem}")
            users = pq.read_table(path) if path.exists() else None
            if users is None or (users.schema.metadata or {}).get(MADE_FROM) != mark.encode():
                users = job.world().without(job.without)
                unfinished = path.with_suffix(".unfinished")
                pq.write_table(users.replace_schema_metadata({MADE_FROM: mark}), unfinished)
                unfinished.rename(path)
            yield users.replace_schema_metadata()
            progress.advance(bar)


if __name__ == "__main__":
    app()
