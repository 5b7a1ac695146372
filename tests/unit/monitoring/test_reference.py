"""The training snapshot's profile: taken once for each run, kept beside its artefact, and asked ever after."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from models_py.artifacts import DamagedArtifactError
from models_py.checked_file import load
from models_py.monitoring.reference import PROFILE_FILE, REFERENCE_SCHEMA, drift_from, reference

RUNS = pa.table(
    {
        "model_run_id": ["old", "new", "next"],
        "is_current": [False, True, False],
        "is_challenger": [False, False, True],
        "artifact_path": ["artifacts/old", "artifacts/new", "artifacts/next"],
    }
)
FIRST, LATER = datetime(2026, 11, 1), datetime(2026, 12, 1)


def shop(country: str) -> dict[str, pa.Table]:
    return {"customers": pa.table({"unit_id": [str(i) for i in range(300)], "country": [country] * 300})}


def test_what_a_run_was_trained_on_does_not_change_when_the_shop_does(tmp_path: Path) -> None:
    first = reference(RUNS, tmp_path, shop("DE"), FIRST)
    assert reference(RUNS, tmp_path, shop("US"), LATER).equals(first)
    assert set(first["model_run_id"].to_pylist()) == {"new"}
    assert set(first["taken_at"].to_pylist()) == {FIRST}


def test_a_challenger_is_given_its_own_and_other_runs_are_left_alone(tmp_path: Path) -> None:
    reference(RUNS, tmp_path, shop("DE"), FIRST)
    promoted = RUNS.set_column(1, "is_current", pa.array([False, False, True]))
    later = reference(promoted, tmp_path, shop("US"), LATER)
    assert set(later["model_run_id"].to_pylist()) == {"next"}
    assert set(later["taken_at"].to_pylist()) == {FIRST}
    assert not (tmp_path / "artifacts/old").exists()


def test_drift_is_from_the_training_snapshot_and_says_which(tmp_path: Path) -> None:
    found = drift_from(reference(RUNS, tmp_path, shop("DE"), FIRST), shop("US")).to_pylist()
    country = next(row for row in found if row["aspect"] == "values")
    assert (country["model_run_id"], country["reference_at"]) == ("new", FIRST)
    assert country["is_beyond_noise"]


def test_a_damaged_profile_is_taken_again_not_believed(tmp_path: Path) -> None:
    reference(RUNS, tmp_path, shop("DE"), FIRST)
    path = tmp_path / "artifacts/new" / PROFILE_FILE
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(DamagedArtifactError, match="damaged"):
        load(path, REFERENCE_SCHEMA)
    assert set(reference(RUNS, tmp_path, shop("US"), LATER)["taken_at"].to_pylist()) == {LATER}
    assert load(path, REFERENCE_SCHEMA).num_rows


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    reference(RUNS, tmp_path, shop("DE"), FIRST)
    with pytest.raises(DamagedArtifactError, match="another version"):
        load(tmp_path / "artifacts/new" / PROFILE_FILE, pa.schema([("other", pa.string())]))
