"""Reproduce the Amazon Beauty table: all protocols, several seeds, beside the published figures."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import beauty_report, beauty_warehouse
from benchmarks.beauty_report import METRICS, Figures
from models_py import columns as c
from models_py.assemble import Dataset, assemble
from models_py.baselines import ALS, BASELINES, CONTENT, EASE, ITEM_KNN, MOST_POPULAR
from models_py.config import RunConfig, from_dict, to_dict
from models_py.evaluation import Evaluation
from models_py.fingerprint import fingerprint
from models_py.hybrid import LAMBDAMART, Ranker
from models_py.model_evaluation import answer
from models_py.protocols import PUBLISHED, View, questions, training_view
from models_py.significance import compare
from models_py.study import COLLABORATIVE_MODEL, HYBRID, Study

TIES_SHUFFLED = "ties_shuffled"
PROTOCOLS = (PUBLISHED, "refit", "global_time", TIES_SHUFFLED)
MODELS = (HYBRID, COLLABORATIVE_MODEL, CONTENT, EASE, ALS, ITEM_KNN, MOST_POPULAR)
# Baselines that draw random numbers; on the same data, the others come out the same for every seed.
SEEDED = frozenset({ALS})
# The catalogue is larger than EASE is asked to take on by default: 12,101 products cost it a minute and 4 GB.
EASE_PRODUCTS = 15_000

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
console = Console(stderr=True)
Say = Callable[[str], None]


@dataclass(frozen=True)
class Job:
    """One seed of one protocol, and the data that it needs."""

    seed: int
    protocol: str
    config: RunConfig
    warehouse: tuple[tuple[str, ...], int]

    @property
    def file(self) -> str:
        """Where its result lies."""
        return f"{self.protocol}_{self.seed}.json"


@app.command(
    epilog="Examples: `python -m benchmarks.amazon_beauty --from ~/data/amazon_beauty` · "
    "`python -m benchmarks.amazon_beauty --from ~/data/amazon_beauty --seeds 1 --protocols published,global_time` · "
    "`python -m benchmarks.amazon_beauty --from ~/data/amazon_beauty --models hybrid,item_knn --config tuned.json`"
)
def main(
    raw: Annotated[
        Path, typer.Option("--from", exists=True, file_okay=False, help="Folder with the files of the data set.")
    ],
    seeds: Annotated[str, typer.Option(help="Seeds: of rankers, of ALS, of the order within a day.")] = "1,2,3",
    protocols: Annotated[str, typer.Option(help="Which protocols.")] = ",".join(PROTOCOLS),
    models: Annotated[str, typer.Option(help="Which models.")] = ",".join(MODELS),
    config: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Run configuration (JSON) instead of the default.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="For warehouses and results; what is there is not made again.")] = Path(
        "benchmarks/results/amazon_beauty"
    ),
) -> None:
    """Train and evaluate on **Amazon Beauty**, print a Markdown table beside the published figures.

    An interrupted run continues where it stopped. Results are kept by what they were made from: after a change of data,
    configuration or code they are made anew.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    chosen = _chosen(models, MODELS, "model")
    wanted = _chosen(protocols, PROTOCOLS, "protocol")
    base = from_dict(RunConfig, json.loads(config.read_text()) if config else {"hybrid": {"ranker": LAMBDAMART}})
    jobs = _jobs(base, sorted({int(seed) for seed in seeds.split(",")}), wanted, chosen)
    with _progress() as progress:
        bar = progress.add_task("starting", total=len(jobs))
        done = []
        for figures in results(jobs, raw, folder, lambda text: progress.update(bar, description=text)):
            done.append(figures)
            progress.advance(bar)
    text = beauty_report.markdown(done, chosen)
    (folder / "table.md").write_text(text + "\n")
    print(text)


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
    """The configuration with another seed. One resample: intervals of single models are not shown."""
    rivals = replace(
        config.evaluation.baseline,
        als=replace(config.evaluation.baseline.als, seed=seed),
        ease=replace(config.evaluation.baseline.ease, max_products=EASE_PRODUCTS),
    )
    return replace(
        config,
        hybrid=replace(config.hybrid, lambdamart=replace(config.hybrid.lambdamart, seed=seed)),
        evaluation=replace(config.evaluation, baselines=tuple(baselines), baseline=rivals, resamples=1),
    )


def results(jobs: list[Job], raw: Path, folder: Path, say: Say) -> Iterator[Figures]:
    """The figures of each job: read, or made and written."""

    @cache
    def data(warehouse: tuple[tuple[str, ...], int]) -> tuple[Dataset, str]:
        protocols, shuffle = warehouse
        say("building the warehouse")
        tables = beauty_warehouse.load(raw, folder, list(protocols), shuffle)
        return assemble(tables), fingerprint(tables, RunConfig())

    @lru_cache(maxsize=1)
    def trained(warehouse: tuple[tuple[str, ...], int], seed: int, view: View) -> Ranker:
        return studies[warehouse, seed].train(view).ranker

    studies: dict[tuple[tuple[tuple[str, ...], int], int], Study] = {}
    for job in jobs:
        dataset, mark = data(job.warehouse)
        mark = hashlib.sha256((mark + json.dumps(to_dict(job.config))).encode()).hexdigest()
        path = folder / job.file
        known = Figures.read(path)
        if known is None or known.fingerprint != mark:
            key = (job.warehouse, job.seed)
            if key not in studies:
                studies.clear()  # memory: seeds come one after the other
                studies[key] = Study(dataset, job.config, lambda text, n=job.seed: say(f"seed {n}, {text}"))
            available = job.warehouse[0]
            ranker = trained(*key, training_view(job.protocol, available))
            _, question = questions(job.protocol, available)
            known = _figures(job, mark, answer(studies[key], question, ranker))
            known.write(path)
        yield known


def _figures(job: Job, mark: str, evaluation: Evaluation) -> Figures:
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
    return Figures(job.protocol, job.seed, mark, values, leads)


if __name__ == "__main__":
    app()
