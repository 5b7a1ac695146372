"""Reproduce the Amazon Beauty table: all protocols, several seeds, beside the published figures."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from queue import Empty, Queue
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import beauty_picture, beauty_report, beauty_warehouse
from benchmarks.beauty_report import METRICS, Figures
from models_py import columns as c
from models_py.arrays.parallel import THREADS_VARIABLE
from models_py.baselines.by_name import ALS, BASELINES, CONTENT, EASE, ITEM_KNN, MOST_POPULAR
from models_py.config import RunConfig
from models_py.config_file import DEFAULT_FILE, configured
from models_py.data.assemble import assemble
from models_py.evaluation.judging import Evaluation
from models_py.evaluation.protocols import PUBLISHED, View, questions, training_view
from models_py.evaluation.ranked_lists import COLLABORATIVE_MODEL, HYBRID
from models_py.evaluation.significance import compare
from models_py.evaluation.study import Study
from models_py.fingerprint import fingerprint
from models_py.model_evaluation import answer
from models_py.ranking.hybrid import LAMBDAMART, Ranker

TIES_SHUFFLED = "ties_shuffled"
PROTOCOLS = (PUBLISHED, "refit", "global_time", TIES_SHUFFLED)
MODELS = (HYBRID, COLLABORATIVE_MODEL, CONTENT, EASE, ALS, ITEM_KNN, MOST_POPULAR)
# Baselines that draw random numbers; on the same data, the others come out the same for every seed.
SEEDED = frozenset({ALS})
# The catalogue is larger than EASE is asked to take on by default: 12,101 products cost it a minute and 4 GB.
EASE_PRODUCTS = 15_000

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
console = Console(stderr=True)


@dataclass(frozen=True)
class Job:
    """One seed of one protocol.

    Attributes:
        warehouse: the data that it needs: protocols, and the seed of the order within a day.
    """

    seed: int
    protocol: str
    config: RunConfig
    warehouse: tuple[tuple[str, ...], int]


@app.command(
    epilog="Examples: `python -m benchmarks.amazon_beauty --from ~/data/amazon_beauty` · "
    "`python -m benchmarks.amazon_beauty --from ~/data/amazon_beauty --seeds 1 --protocols published,global_time` · "
    "`python -m benchmarks.amazon_beauty --from ~/data/amazon_beauty --models hybrid,item_knn --config tuned.yml`"
)
def main(
    raw: Annotated[
        Path, typer.Option("--from", exists=True, file_okay=False, help="Folder with the files of the data set.")
    ],
    seeds: Annotated[str, typer.Option(help="Seeds: of rankers, of ALS, of the order within a day.")] = "1,2,3",
    protocols: Annotated[str, typer.Option(help="Which protocols.")] = ",".join(PROTOCOLS),
    models: Annotated[str, typer.Option(help="Which models.")] = ",".join(MODELS),
    config: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Configuration, instead of config/model.yml.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=1, help="Seeds worked on at once. Each takes 2 GB, with EASE 5 GB.")
    ] = min(os.cpu_count() or 1, 2),
    folder: Annotated[Path, typer.Option(help="For warehouses and results; what is there is not made again.")] = Path(
        "benchmarks/results/amazon_beauty"
    ),
    picture: Annotated[
        Path | None, typer.Option(help="Where to draw the table, as .svg.", show_default="table.svg in the folder")
    ] = None,
) -> None:
    """Train and evaluate on **Amazon Beauty**, print a Markdown table beside the published figures,
    draw it.

    An interrupted run continues where it stopped. Results are kept by what they were made from: after a change of data,
    configuration or code they are made anew.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    chosen = _chosen(models, MODELS, "model")
    wanted = _chosen(protocols, PROTOCOLS, "protocol")
    base = configured(config or beauty_warehouse.ROOT / DEFAULT_FILE, hybrid={"ranker": LAMBDAMART})
    jobs = _jobs(base, sorted({int(seed) for seed in seeds.split(",")}), wanted, chosen)
    with _progress() as progress:
        bar = progress.add_task("building the warehouse", total=len(jobs))
        for warehouse in dict.fromkeys(job.warehouse for job in jobs):
            beauty_warehouse.build(raw, folder, *warehouse)
        done = []
        for news in _at_once(jobs, raw, folder, processes):
            if isinstance(news, Figures):
                done.append(news)
                progress.advance(bar)
            else:
                progress.update(bar, description=news)
    text = beauty_report.markdown(done, chosen)
    (folder / "table.md").write_text(text + "\n")
    print(text)
    beauty_picture.draw(done, chosen, picture or folder / "table.svg")


def _chosen(text: str, possible: tuple[str, ...], kind: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in possible:
            raise typer.BadParameter(f"there is no {kind} '{name}'; choose of {', '.join(possible)}")
    return [name for name in possible if name in names]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )


def _jobs(base: RunConfig, seeds: list[int], protocols: list[str], models: list[str]) -> list[Job]:
    """Seed by seed, so that an interrupted run has whole tables. Shuffled ties need a warehouse for each seed."""
    everything = tuple(protocol for protocol in PROTOCOLS if protocol != TIES_SHUFFLED)
    jobs = []
    for seed in seeds:
        for protocol in protocols:
            is_shuffled = protocol == TIES_SHUFFLED
            baselines = [
                name
                for name in BASELINES
                if name in models and name != CONTENT and (is_shuffled or seed == seeds[0] or name in SEEDED)
            ]
            warehouse = ((TIES_SHUFFLED,), seed) if is_shuffled else (everything, seeds[0])
            jobs.append(Job(seed, protocol, _seeded(base, seed, baselines), warehouse))
    return jobs


def _seeded(config: RunConfig, seed: int, baselines: list[str]) -> RunConfig:
    """The configuration with another seed. Few resamples: intervals of single models are not shown."""
    rivals = replace(
        config.evaluation.baseline,
        als=replace(config.evaluation.baseline.als, seed=seed),
        ease=replace(config.evaluation.baseline.ease, max_products=EASE_PRODUCTS),
    )
    return replace(
        config,
        hybrid=replace(config.hybrid, lambdamart=replace(config.hybrid.lambdamart, seed=seed)),
        evaluation=replace(config.evaluation, baselines=tuple(baselines), baseline=rivals, resamples=2),
    )


def _at_once(jobs: list[Job], raw: Path, folder: Path, processes: int) -> Iterator[Figures | str]:
    """Work on several seeds at once. Yields what is done, and in between what is being done."""
    # Jobs on the same data with the same seed share fits and rankers. The longest come first.
    tasks: dict[object, list[Job]] = {}
    for job in jobs:
        tasks.setdefault((job.warehouse, job.seed), []).append(job)
    longest_first = sorted(tasks.values(), key=len, reverse=True)
    context = get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(processes, mp_context=context) as pool:
        news = manager.Queue()
        working = {pool.submit(_work, task, raw, folder, news, processes) for task in longest_first}
        while working or not news.empty():
            try:
                yield news.get(timeout=0.5)
            except Empty:
                finished, working = wait(working, timeout=0)
                for future in finished:
                    future.result()  # raises what went wrong


def _work(jobs: list[Job], raw: Path, folder: Path, news: "Queue[Figures | str]", processes: int) -> None:
    """Do jobs that share data and seed; tell of each step and put the figures of each job."""
    if processes > 1:
        os.environ[THREADS_VARIABLE] = "1"
    job = jobs[0]
    tables = beauty_warehouse.load(raw, folder, *job.warehouse)
    mark = fingerprint(tables, job.config)
    available = job.warehouse[0]

    @cache
    def study() -> Study:
        return Study(assemble(tables), job.config, lambda text: news.put(f"seed {job.seed}, {text}"))

    @lru_cache(maxsize=1)
    def ranker(view: View) -> Ranker:
        return study().train(view).ranker

    for protocol in (job.protocol for job in jobs):
        path = folder / f"{protocol}_{job.seed}.json"
        known = Figures.read(path)
        if known is None or known.fingerprint != mark:
            _, question = questions(protocol, available)
            evaluation = answer(study(), question, ranker(training_view(protocol, available)))
            known = _figures(protocol, job.seed, mark, evaluation)
            known.write(path)
        news.put(known)


def _figures(protocol: str, seed: int, mark: str, evaluation: Evaluation) -> Figures:
    values: dict[str, dict[str, float]] = {}
    for row in evaluation.results.to_pylist():
        if row["slice"] == "all" and row["metric"] in METRICS and row["model"] in MODELS:
            values.setdefault(row["model"], {})[row["metric"]] = row["value"]
    users = evaluation.users.append_column(c.MODEL_RUN, pa.array(["run"] * len(evaluation.users)))
    leads = {
        row["compared_model"]: (row["difference"], row["ci_low"], row["ci_high"])
        for row in compare(users, "run").to_pylist()
        if row["metric"] == "ndcg@10" and row["compared_model"] in MODELS
    }
    return Figures(protocol, seed, mark, values, leads)


if __name__ == "__main__":
    app()
