"""`glowhouse tune`: search settings on validation, write the best as a configuration file with the study beside it."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from glowhouse.errors import GlowhouseError
from glowhouse.tuning_study import Trial, TuningStudy
from glowhouse.warehouse_tables import read_view
from models_py.baselines.by_name import MOST_POPULAR
from models_py.baselines.ease import TooManyProductsError
from models_py.config import RunConfig
from models_py.config_file import ConfigFileError, merged, read, with_settings, write
from models_py.fingerprint import LIBRARIES, table_digest
from models_py.search_space import HYBRID, Space, leaves, nested, space_of, value_at, without
from models_py.tables import columns_of
from models_py.training import RANKER_VIEW
from models_py.tuning import NothingToTuneError, Objective

JOURNAL = Path("tuning") / "studies.journal"


class TuneError(GlowhouseError):
    """Nothing can be tuned; the message says why."""


@dataclass(frozen=True)
class Budget:
    """How long to search.

    Attributes:
        trials: in all, those of earlier runs included.
        timeout: seconds for this run; None for no limit.
        seed: of the sampler.
    """

    trials: int
    timeout: float | None
    seed: int


@dataclass(frozen=True)
class Task:
    """What to tune and where to write it.

    Attributes:
        model: `hybrid` or a baseline.
        among: parts of setting names to search; empty for all of the model's.
        target: the configuration file. What it says already holds; what the search finds is added to it.
        journal: of the study; None for one beside the warehouse.
    """

    model: str
    among: Sequence[str]
    target: Path
    journal: Path | None

    @property
    def study(self) -> str:
        """What the study is called: the model, and what of it is searched."""
        return f"{self.model}: {', '.join(self.among)}" if self.among else self.model


def tune(warehouse: Path, task: Task, budget: Budget, console: Console) -> bool:
    """Tune one model and write what was found.

    Args:
        warehouse: of a finished build; it is open only while it is read.

    Returns:
        False if it was interrupted; what was found by then is written all the same.

    Raises:
        GlowhouseError: nothing can be tuned, or the study cannot be resumed.
    """
    model, target = task.model, task.target
    try:
        space = space_of(model, tuple(task.among))
        settings = read(target) if target.is_file() else {}
        config = with_settings(settings)
        untouched = without(settings, space)
        objective = Objective(read_view(warehouse, RANKER_VIEW), untouched)
    except (ConfigFileError, NothingToTuneError, ValueError) as error:
        raise TuneError(str(error)) from error
    journal = task.journal or warehouse.parent / JOURNAL
    study = TuningStudy(journal, task.study, space, _identity(objective, model, space), budget.seed)
    start = study.trials[0].settings if study.trials else {s.path: value_at(config, s.path) for s in space}
    was_interrupted = False
    console.print(
        f"Tuning {task.study}: {len(space)} settings, {objective.customers:,} customers, NDCG@10 on validation."
        + (f" Going on after {len(study.trials)} trials." if study.trials else "")
    )
    try:
        _search(study, objective, model, start, budget, console)
    except KeyboardInterrupt:
        was_interrupted = True
    except TooManyProductsError as error:
        raise TuneError(str(error)) from error
    if not study.trials:
        raise TuneError("No trial was finished: nothing is written.")
    summary = _summary(study, objective, budget.seed)
    _write(study, untouched, summary, task)
    console.print(_report(study, summary))
    console.print(Text(f"Written: {target} and {_summary_file(target)}. The study is kept in {journal}."))
    if was_interrupted:
        console.print(Text("Interrupted: run the same command again to go on.", style="yellow"))
    return not was_interrupted


def _search(
    study: TuningStudy,
    objective: Objective,
    model: str,
    first: Mapping[str, float],
    budget: Budget,
    console: Console,
) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("best {task.fields[best]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        done = study.trials
        task = progress.add_task("trials", total=budget.trials, completed=len(done), best=_best(study))

        def finished(_: Trial) -> None:
            progress.update(task, advance=1, best=_best(study))

        study.run(lambda trial: objective.value(model, trial), first, budget.trials, budget.timeout, finished)


def _best(study: TuningStudy) -> str:
    return f"{study.best.value:.5f}" if study.trials else "-"


def _identity(objective: Objective, model: str, space: Space) -> dict[str, object]:
    """What a study must have in common with an earlier run to go on with it."""
    tables, digest = objective.tables, sha256()
    for field in fields(tables):
        table = getattr(tables, field.name)
        digest.update(field.name.encode())
        digest.update(table_digest(table, columns_of(field.name, table.column_names)))
    about = "hybrid." if model == HYBRID else f"evaluation.baseline.{model}."
    return {
        "data": digest.hexdigest()[:16],
        "searched": [asdict(setting) for setting in space],
        "configured": {path: value for path, value in leaves(objective.settings).items() if path.startswith(about)},
        "libraries": _libraries(),
    }


def _libraries() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in (*LIBRARIES, "optuna")}}


def _summary(study: TuningStudy, objective: Objective, seed: int) -> dict[str, Any]:
    trials, best = study.trials, study.best
    return {
        "objective": "NDCG@10, protocol published, validation; the hybrid by its linear blend",
        "customers": objective.customers,
        "products": objective.tables.dim_products.num_rows,
        "trials": len(trials),
        "best_trial": best.number,
        "best": round(best.value, 6),
        "before_tuning": round(trials[0].value, 6),
        "most_popular": round(objective.value(MOST_POPULAR, {}), 6),
        "settings": dict(best.settings),
        "importances": study.importances(),
        "seed": seed,
        "seconds": round(sum(trial.seconds for trial in trials), 1),
        "data_fingerprint": study.identity["data"],
        "library_versions": _libraries(),
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _write(study: TuningStudy, untouched: Mapping[str, Any], summary: Mapping[str, Any], task: Task) -> None:
    defaults, target = RunConfig(), task.target
    changed = {path: value for path, value in study.best.settings.items() if value != value_at(defaults, path)}
    file = _summary_file(target)
    studies = json.loads(file.read_text()) if file.is_file() else {}
    studies[task.study] = summary
    comment = "Settings that differ from the defaults. Written by `glowhouse tune`; may be edited.\n" + "\n".join(
        f"{name}: NDCG@10 {s['best']:.4f} on validation, {s['before_tuning']:.4f} before; "
        f"{s['trials']} trials, {s['customers']:,} customers, seed {s['seed']}."
        for name, s in sorted(studies.items())
    )
    write(merged(untouched, nested(changed)), target, comment)
    unfinished = file.with_name(f"{file.name}.tmp")
    unfinished.write_text(json.dumps(studies, indent=1, sort_keys=True) + "\n")
    unfinished.replace(file)


def _summary_file(target: Path) -> Path:
    return target.with_name(f"{target.stem}.study.json")


def _report(study: TuningStudy, summary: Mapping[str, Any]) -> Table:
    table = Table(
        title=Text(
            f"NDCG@10 {summary['best']:.5f} after {summary['trials']} trials; before tuning "
            f"{summary['before_tuning']:.5f}, most popular {summary['most_popular']:.5f}"
        ),
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("setting", overflow="fold")
    for heading in ("before", "best", "matters"):
        table.add_column(heading, justify="right")
    before, importances = study.trials[0].settings, summary["importances"]
    for path, value in sorted(study.best.settings.items(), key=lambda item: -importances.get(item[0], 0.0)):
        matters = f"{importances[path]:.0%}" if path in importances else ""
        table.add_row(Text(path), f"{before[path]:g}", f"{value:g}", matters)
    return table
