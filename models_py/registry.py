"""The register of runs: trains when something changed, else points at the run that is already there."""

import json
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from models_py import artifacts
from models_py import columns as c
from models_py.config import RunConfig, to_dict
from models_py.evaluation import RESULT_SCHEMA
from models_py.fingerprint import LIBRARIES, fingerprint
from models_py.model_evaluation import evaluate
from models_py.study import Progress
from models_py.tables import Tables
from models_py.training import TrainedRun, train

ARTIFACTS_FOLDER = "artifacts"

RUNS_SCHEMA = pa.schema(
    [
        (c.MODEL_RUN, pa.string()),
        ("is_current", pa.bool_()),
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
        rows of `RUNS_SCHEMA`, in the order of training; exactly one is current.
    """
    mark = fingerprint(tables, config)
    known = history.filter(pc.equal(history["fingerprint"], mark))
    if not (known.num_rows and _is_sound(known, folder)):
        progress("training: inputs, configuration or code are new")
        known = _trained(tables, config, folder, progress)
    else:
        progress(f"reusing {known[c.MODEL_RUN][0].as_py()}: nothing changed since it was trained")
    others = history.filter(pc.not_equal(history["fingerprint"], mark))
    register = pa.concat_tables([others, known])
    is_current = pc.equal(register["fingerprint"], mark)
    register = register.set_column(
        RUNS_SCHEMA.get_field_index("is_current"), RUNS_SCHEMA.field("is_current"), is_current
    )
    return register.sort_by([("trained_at", "ascending"), (c.MODEL_RUN, "ascending")])


def current_run(register: pa.Table, folder: Path) -> TrainedRun:
    """Load the artefact of the current run.

    Raises:
        ValueError: the register has no current run.
        artifacts.DamagedArtifactError: the artefact is missing or damaged.
    """
    return artifacts.load(folder / _current(register)["artifact_path"])


def evaluated(
    tables: Tables, register: pa.Table, history: pa.Table, folder: Path, progress: Progress = lambda _: None
) -> pa.Table:
    """Return the evaluation of every registered run, evaluating the current one if it has none yet.

    Args:
        history: rows of `EVALUATION_SCHEMA` so far; those of runs that are no longer registered are dropped.
    """
    run_id = _current(register)[c.MODEL_RUN]
    kept = history.filter(pc.is_in(history[c.MODEL_RUN], register[c.MODEL_RUN].combine_chunks()))
    if pc.any(pc.equal(kept[c.MODEL_RUN], run_id)).as_py():
        return kept
    results = evaluate(tables, current_run(register, folder), progress)
    named = results.add_column(0, c.MODEL_RUN, pa.array([run_id] * results.num_rows, pa.string()))
    return pa.concat_tables([kept, named.cast(EVALUATION_SCHEMA)])


def _current(register: pa.Table) -> dict[str, str]:
    rows: list[dict[str, str]] = register.filter(register["is_current"]).to_pylist()
    if len(rows) != 1:
        raise ValueError(f"The register must have exactly one current run; it has {len(rows)}.")
    return rows[0]


def _is_sound(known: pa.Table, folder: Path) -> bool:
    try:
        artifacts.load(folder / known["artifact_path"][0].as_py())
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
