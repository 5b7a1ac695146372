"""The register of runs as a table, and what hangs on it: which run recommends, how the runs were judged."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from models_py import artifacts
from models_py import columns as c
from models_py.config import RunConfig
from models_py.evaluation.ablation import has_ablation
from models_py.evaluation.judging import RESULT_SCHEMA, USERS_SCHEMA
from models_py.evaluation.significance import compare
from models_py.evaluation.study import Progress
from models_py.evaluation_store import load_users, save_users
from models_py.lifecycle.champion import Standing, standing
from models_py.model_evaluation import evaluate
from models_py.rules.tables import RuleTables
from models_py.tables import Tables
from models_py.training import TrainedRun

RUNS_SCHEMA = pa.schema(
    [
        (c.MODEL_RUN, pa.string()),
        ("is_current", pa.bool_()),
        ("is_previous", pa.bool_()),
        ("is_challenger", pa.bool_()),
        ("trained_at", pa.timestamp("us")),
        ("train_seconds", pa.float64()),
        ("data_as_of", pa.timestamp("us")),
        ("fingerprint", pa.string()),
        ("data_fingerprint", pa.string()),
        ("code_fingerprint", pa.string()),
        ("seed", pa.int64()),
        ("configuration", pa.string()),
        ("summary", pa.string()),
        ("library_versions", pa.string()),
        ("customers", pa.int64()),
        ("products", pa.int64()),
        ("purchases", pa.int64()),
        ("artifact_path", pa.string()),
        ("artifact_sha256", pa.string()),
        ("serving_path", pa.string()),
    ]
)
EVALUATION_SCHEMA = pa.schema([(c.MODEL_RUN, pa.string()), *RESULT_SCHEMA])
EVALUATION_USERS_SCHEMA = pa.schema([(c.MODEL_RUN, pa.string()), *USERS_SCHEMA])


def register(
    tables: Tables,
    config: RunConfig,
    folder: Path,
    progress: Progress = lambda _: None,
    wants_challenger: bool = False,
    spare: Iterable[Path] = (),
) -> pa.Table:
    """Return the register of runs; the champion is current, and trained if there was none.

    Arguments and errors as of `lifecycle.champion.standing`.

    Returns:
        rows of `RUNS_SCHEMA`, in the order of training; exactly one is current, at most one is previous (the champion
        before), at most one is the challenger.
    """
    return _table(standing(tables, config, folder, progress, wants_challenger, spare))


def _table(standing: Standing) -> pa.Table:
    runs = standing.runs
    rows = [
        {
            **run.facts,
            c.MODEL_RUN: run.run_id,
            "is_current": run.run_id == runs.champion_id,
            "is_previous": run.run_id == runs.previous_id,
            "is_challenger": run.run_id == standing.challenger_id,
            "trained_at": _moment(run.facts["trained_at"]),
            "data_as_of": _moment(run.facts["data_as_of"]),
            "serving_path": standing.serving_path if run.run_id == runs.champion_id else None,
        }
        for run in runs.by_id.values()
    ]
    return pa.Table.from_pylist(rows, RUNS_SCHEMA)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def current_run(register: pa.Table, folder: Path) -> TrainedRun:
    """Load the artefact of the current run.

    Raises:
        ValueError: the register has no current run.
        artifacts.DamagedArtifactError: the artefact is missing or damaged.
    """
    return artifacts.load(current_artifact(register, folder))


def current_artifact(register: pa.Table, folder: Path) -> Path:
    """The folder of the current run's artefact, brought up to date.

    Raises:
        ValueError: the register has no current run.
    """
    return folder / _current(register)["serving_path"]


def evaluated(
    tables: Tables,
    register: pa.Table,
    history: pa.Table,
    folder: Path,
    progress: Progress = lambda _: None,
    with_ablation: bool = False,
    rules: RuleTables | None = None,
) -> pa.Table:
    """Return the evaluation of every registered run, evaluating the current one if it has none yet.

    Results of single customers are written beside the run's artefact, and made again if they are missing or damaged.

    Args:
        history: rows of `EVALUATION_SCHEMA` so far; those of runs that are no longer registered are dropped.
        with_ablation: the hybrid without each of its parts must be among the results.
        rules: what the rules know; None: the model alone is evaluated.
    """
    current = _current(register)
    run_id, results = current[c.MODEL_RUN], folder / current["artifact_path"]
    kept = history.filter(pc.is_in(history[c.MODEL_RUN], register[c.MODEL_RUN].combine_chunks()))
    known = kept.filter(pc.equal(kept[c.MODEL_RUN], run_id))
    is_complete = has_ablation(known) if with_ablation else known.num_rows > 0
    if is_complete and _is_readable(load_users, results):
        return kept
    evaluation = evaluate(tables, current_run(register, folder), progress, with_ablation, rules)
    save_users(evaluation.users, results)
    others = kept.filter(pc.not_equal(kept[c.MODEL_RUN], run_id))
    return pa.concat_tables([others, _of_run(run_id, evaluation.results, EVALUATION_SCHEMA)])


def evaluated_users(register: pa.Table, folder: Path) -> pa.Table:
    """Return the results of single customers, of the current run and of the one before where they are still there.

    Returns:
        rows of `EVALUATION_USERS_SCHEMA`.

    Raises:
        artifacts.DamagedArtifactError: those of the current run are missing or damaged.
    """
    current = _current(register)
    found = [_of_run(current[c.MODEL_RUN], load_users(folder / current["artifact_path"]), EVALUATION_USERS_SCHEMA)]
    for previous in register.filter(register["is_previous"]).to_pylist():
        if _is_readable(load_users, folder / previous["artifact_path"]):
            users = load_users(folder / previous["artifact_path"])
            found.append(_of_run(previous[c.MODEL_RUN], users, EVALUATION_USERS_SCHEMA))
    return pa.concat_tables(found)


def compared(register: pa.Table, users: pa.Table) -> pa.Table:
    """Compare the current run's hybrid with its other models and with the run before.

    Args:
        users: rows of `EVALUATION_USERS_SCHEMA`.

    Returns:
        rows of `significance.COMPARISON_SCHEMA`.
    """
    return compare(users, _current(register)[c.MODEL_RUN])


def _of_run(run_id: str, rows: pa.Table, schema: pa.Schema) -> pa.Table:
    return rows.add_column(0, c.MODEL_RUN, pa.repeat(run_id, rows.num_rows)).cast(schema)


def _current(register: pa.Table) -> dict[str, str]:
    rows: list[dict[str, str]] = register.filter(register["is_current"]).to_pylist()
    if len(rows) != 1:
        raise ValueError(f"The register must have exactly one current run; it has {len(rows)}.")
    return rows[0]


def _is_readable(load: Callable[[Path], object], folder: Path) -> bool:
    try:
        load(folder)
    except artifacts.DamagedArtifactError:
        return False
    return True
