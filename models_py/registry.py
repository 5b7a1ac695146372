"""The register of runs: trains when something changed, else points at the run that is already there."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from models_py import artifacts
from models_py import columns as c
from models_py.ablation import has_ablation
from models_py.config import RunConfig, to_dict
from models_py.evaluation import RESULT_SCHEMA, USERS_SCHEMA
from models_py.evaluation_store import load_users, save_users
from models_py.fingerprint import LIBRARIES, fingerprint
from models_py.model_evaluation import evaluate
from models_py.rules.tables import RuleTables
from models_py.significance import compare
from models_py.study import Progress
from models_py.tables import Tables
from models_py.training import TrainedRun, train

ARTIFACTS_FOLDER = "artifacts"

RUNS_SCHEMA = pa.schema(
    [
        (c.MODEL_RUN, pa.string()),
        ("is_current", pa.bool_()),
        ("is_previous", pa.bool_()),
        ("trained_at", pa.timestamp("us")),
        ("train_seconds", pa.float64()),
        ("fingerprint", pa.string()),
        ("configuration", pa.string()),
        ("summary", pa.string()),
        ("library_versions", pa.string()),
        ("customers", pa.int64()),
        ("products", pa.int64()),
        ("purchases", pa.int64()),
        ("artifact_path", pa.string()),
        ("artifact_sha256", pa.string()),
    ]
)
EVALUATION_SCHEMA = pa.schema([(c.MODEL_RUN, pa.string()), *RESULT_SCHEMA])
EVALUATION_USERS_SCHEMA = pa.schema([(c.MODEL_RUN, pa.string()), *USERS_SCHEMA])


def register(
    tables: Tables, config: RunConfig, history: pa.Table, folder: Path, progress: Progress = lambda _: None
) -> pa.Table:
    """Return the register with the run for these inputs marked as current, training it if there is none.

    A run is trained again only if its fingerprint is new, or its artefact is missing or damaged: the artefact can be
    made again from the same inputs, with the same bytes.

    Args:
        tables: the library's input.
        config: what to train.
        history: the register so far, rows of `RUNS_SCHEMA`.
        folder: where the artefacts lie, each in `artifacts/<run id>`.

    Returns:
        rows of `RUNS_SCHEMA`, in the order of training; exactly one is current, at most one is previous.
    """
    mark = fingerprint(tables, config)
    known = history.filter(pc.equal(history["fingerprint"], mark))
    if not (known.num_rows and _is_readable(artifacts.load, folder / known["artifact_path"][0].as_py())):
        progress("training: inputs, configuration or code are new")
        known = _trained(tables, config, folder, progress)
    else:
        progress(f"reusing {known[c.MODEL_RUN][0].as_py()}: nothing changed since it was trained")
    others = history.filter(pc.not_equal(history["fingerprint"], mark))
    register = pa.concat_tables([others, known])
    is_previous = pc.equal(register[c.MODEL_RUN], _previous(history, mark))
    register = _replaced(register, "is_current", pc.equal(register["fingerprint"], mark))
    register = _replaced(register, "is_previous", pc.fill_null(is_previous, False))
    return register.sort_by([("trained_at", "ascending"), (c.MODEL_RUN, "ascending")])


def _previous(history: pa.Table, mark: str) -> pa.Scalar:
    """The run that was current before the one with this fingerprint became it; null for the first one."""
    before = history.filter(pc.and_(history["is_current"], pc.not_equal(history["fingerprint"], mark)))
    if not before.num_rows:
        before = history.filter(history["is_previous"])
    return before[c.MODEL_RUN][0] if before.num_rows else pa.scalar(None, pa.string())


def _replaced(table: pa.Table, name: str, values: pa.ChunkedArray) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(place), values)


def current_run(register: pa.Table, folder: Path) -> TrainedRun:
    """Load the artefact of the current run.

    Raises:
        ValueError: the register has no current run.
        artifacts.DamagedArtifactError: the artefact is missing or damaged.
    """
    return artifacts.load(current_artifact(register, folder))


def current_artifact(register: pa.Table, folder: Path) -> Path:
    """The folder of the current run's artefact.

    Raises:
        ValueError: the register has no current run.
    """
    return folder / _current(register)["artifact_path"]


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


def _trained(tables: Tables, config: RunConfig, folder: Path, progress: Progress) -> pa.Table:
    started = time.perf_counter()
    run = train(tables, config, progress)
    path = Path(ARTIFACTS_FOLDER) / run.run_id
    checksum = artifacts.save(run, folder / path)
    row = {
        c.MODEL_RUN: run.run_id,
        "is_current": True,
        "is_previous": False,
        "trained_at": datetime.now(UTC).replace(tzinfo=None),
        "train_seconds": round(time.perf_counter() - started, 3),
        "fingerprint": run.fingerprint,
        "configuration": json.dumps(to_dict(config), sort_keys=True),
        "summary": json.dumps(run.summary, sort_keys=True),
        "library_versions": json.dumps({name: version(name) for name in LIBRARIES}, sort_keys=True),
        "customers": run.summary["customers"],
        "products": run.summary["products"],
        "purchases": run.summary["purchases"],
        "artifact_path": path.as_posix(),
        "artifact_sha256": checksum,
    }
    return pa.Table.from_pylist([row], RUNS_SCHEMA)
