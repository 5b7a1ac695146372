"""The training snapshot's profile of each run, kept beside its artefact, and today's distance from it.

The warehouse may be deleted and the extracts may move on; what a run was trained on does not change any more. So the
profile is taken when the run is first seen and then only read.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from models_py import columns as c
from models_py.artifacts import DamagedArtifactError
from models_py.checked_file import load, save
from models_py.monitoring.drift import DRIFT_SCHEMA, drift
from models_py.monitoring.profile import PROFILE_SCHEMA, Profile, from_table, profile, to_table

PROFILE_FILE = "feature_profile.parquet"
REFERENCE_SCHEMA = pa.schema([(c.MODEL_RUN, pa.string()), ("taken_at", pa.timestamp("us")), *PROFILE_SCHEMA])
RUN_DRIFT_SCHEMA = pa.schema([(c.MODEL_RUN, pa.string()), ("reference_at", pa.timestamp("us")), *DRIFT_SCHEMA])


def reference(register: pa.Table, folder: Path, entities: Mapping[str, pa.Table], as_of: datetime) -> pa.Table:
    """Return the profile of the current run's training snapshot.

    The current run and its challenger are given that of today if they have none: they were trained just now, or before
    profiles were kept, or the file is damaged. A challenger needs its own even if it is promoted weeks later.

    Args:
        register: rows of `registry.RUNS_SCHEMA`; exactly one is current.
        folder: where the artefacts lie.
        entities: today's features, see `profile.profile`.
        as_of: the warehouse's clock.

    Returns:
        rows of `REFERENCE_SCHEMA`, of the current run.
    """
    watched = register.filter(pc.or_(register["is_current"], register["is_challenger"])).to_pylist()
    today = profile(entities)
    kept = {run["is_current"]: _kept(run[c.MODEL_RUN], folder / run["artifact_path"], today, as_of) for run in watched}
    return kept[True]


def _kept(run_id: str, artifact: Path, today: Profile, as_of: datetime) -> pa.Table:
    """The profile beside the artefact, put there if it is missing or damaged."""
    path = artifact / PROFILE_FILE
    try:
        return load(path, REFERENCE_SCHEMA)
    except DamagedArtifactError:
        rows = to_table(today)
        taken = rows.add_column(0, "taken_at", pa.repeat(pa.scalar(as_of, pa.timestamp("us")), rows.num_rows))
        taken = taken.add_column(0, c.MODEL_RUN, pa.repeat(run_id, rows.num_rows)).cast(REFERENCE_SCHEMA)
        save(taken, path)
        return taken


def drift_from(reference_rows: pa.Table, entities: Mapping[str, pa.Table]) -> pa.Table:
    """Compare today's features with a run's profile.

    Args:
        reference_rows: rows of `REFERENCE_SCHEMA`, of one run.
        entities: today's features.

    Returns:
        rows of `RUN_DRIFT_SCHEMA`.
    """
    found = drift(from_table(reference_rows.select(PROFILE_SCHEMA.names)), entities)
    run_id, taken_at = (pc.first(reference_rows[name]) for name in (c.MODEL_RUN, "taken_at"))
    found = found.add_column(0, "reference_at", pa.repeat(taken_at, found.num_rows))
    return found.add_column(0, c.MODEL_RUN, pa.repeat(run_id, found.num_rows)).cast(RUN_DRIFT_SCHEMA)
