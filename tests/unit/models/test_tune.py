"""`glowhouse tune`: the same trials for the same seed, resumed as if never interrupted, written down for builds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from glowhouse.cli import app
from glowhouse.tuning_study import StudyError, Trial, TuningStudy
from glowhouse.warehouse_tables import RELATIONS
from models_py.config_file import configured, read
from models_py.search_space import Setting
from models_py.tables import Tables
from models_py.tuning import Objective

SPACE = (Setting("height", 0.0, 10.0), Setting("steps", 1, 100, is_log=True, is_whole=True))
START = {"height": 5.0, "steps": 10}


def hill(settings: Mapping[str, float]) -> float:
    return -((settings["height"] - 3) ** 2) - abs(settings["steps"] - 20) / 10


def study(folder: Path, *, seed: int = 7, data: str = "a") -> TuningStudy:
    return TuningStudy(folder / "study.journal", "hill", SPACE, {"data": data}, seed)


def search(found: TuningStudy, trials: int) -> list[tuple[Mapping[str, float], float]]:
    found.run(hill, START, trials, None, lambda _: None)
    return [(trial.settings, trial.value) for trial in found.trials]


def test_the_first_trial_is_what_is_to_be_beaten_and_the_best_is_better(tmp_path: Path) -> None:
    trials = search(study(tmp_path), 30)

    assert trials[0] == (START, hill(START))
    assert study(tmp_path).best.value == max(value for _, value in trials) > hill(START)
    assert all(settings["height"] == float(f"{settings['height']:.3g}") for settings, _ in trials)


def test_the_same_seed_makes_the_same_trials_and_another_seed_others(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
    first, again = search(study(tmp_path / "a"), 15), search(study(tmp_path / "b"), 15)

    assert first == again != search(study(tmp_path / "c", seed=8), 15)


def test_a_resumed_study_makes_the_trials_that_it_would_have_made_at_once(tmp_path: Path) -> None:
    (tmp_path / "once").mkdir()
    at_once = search(study(tmp_path / "once"), 15)
    for trials in (4, 5, 12, 15):
        in_pieces = search(study(tmp_path), trials)
        assert in_pieces == at_once[:trials]


def test_an_interrupted_trial_is_made_again(tmp_path: Path) -> None:
    def interrupted(_: Mapping[str, float]) -> float:
        raise KeyboardInterrupt

    (tmp_path / "once").mkdir()
    at_once = search(study(tmp_path / "once"), 8)
    search(study(tmp_path), 5)
    with pytest.raises(KeyboardInterrupt):
        study(tmp_path).run(interrupted, START, 8, None, lambda _: None)

    assert search(study(tmp_path), 8) == at_once


def test_no_trial_begins_when_the_time_is_up(tmp_path: Path) -> None:
    seen: list[Trial] = []
    study(tmp_path).run(hill, START, 100, 0.0, seen.append)
    assert seen == []


def test_a_study_goes_on_for_the_same_data_and_seed_only(tmp_path: Path) -> None:
    search(study(tmp_path), 1)
    with pytest.raises(StudyError, match="of other data"):
        study(tmp_path, data="b")
    with pytest.raises(StudyError, match="with seed 7"):
        study(tmp_path, seed=8)
    (tmp_path / "study.journal").write_text("no journal")
    with pytest.raises(StudyError, match="is no journal of a study"):
        study(tmp_path)


def test_settings_that_matter_are_told_from_those_that_do_not(tmp_path: Path) -> None:
    found = TuningStudy(tmp_path / "j", "steep", SPACE, {}, 1)
    found.run(lambda settings: -((settings["height"] - 3) ** 2), START, 40, None, lambda _: None)

    assert found.importances()["height"] > found.importances()["steps"]
    assert study(tmp_path).importances() == {}  # of no trials nothing can be said


# ---- the command ----


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, lively_shop: Tables) -> Path:
    """The shop's tables where a build puts them, all protocols and splits."""
    path = tmp_path_factory.mktemp("tuned") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        for schema in ("core", "features"):
            connection.execute(f"create schema {schema}")
        for name, relation in RELATIONS.items():
            rows = getattr(lively_shop, name)  # found by DuckDB under its name
            connection.execute(f"create table {relation} as select * from rows")
            assert rows.num_rows
    return path


def tune(warehouse: Path, target: Path, *arguments: str) -> Result:
    command = [
        "tune",
        "--warehouse",
        str(warehouse),
        "--to",
        str(target),
        "--study",
        str(target.with_suffix(".journal")),
    ]
    return CliRunner().invoke(app, [*command, *arguments], env={"COLUMNS": "120", "NO_COLOR": "1"})


def test_what_is_found_is_a_configuration_with_its_study_beside_it(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "config" / "model.yml"

    result = tune(warehouse, target, "--trials", "4", "--only", "bucket", "--seed", "3")

    assert result.exit_code == 0, result.output
    summary = json.loads(target.with_name("model.study.json").read_text())["hybrid: bucket"]
    assert (summary["trials"], summary["seed"]) == (4, 3)
    assert summary["best"] >= summary["before_tuning"]
    assert {"customers", "data_fingerprint", "library_versions", "seconds", "importances", "most_popular"} <= set(
        summary
    )
    hybrid = configured(target).hybrid
    assert summary["settings"] == {
        "hybrid.bucket.purchase_strength": hybrid.bucket.purchase_strength,
        "hybrid.bucket.rating_power": hybrid.bucket.rating_power,
    }
    assert target.read_text().startswith("# Settings that differ from the defaults. Written by `glowhouse tune`")
    assert f"NDCG@10 {summary['best']:.5f} after 4 trials" in result.output


def test_a_second_run_goes_on_and_a_second_model_is_added(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.yml"
    tune(warehouse, target, "--trials", "2", "--model", "content")
    again = tune(warehouse, target, "--trials", "3", "--model", "content")
    tune(warehouse, target, "--trials", "2", "--model", "item_knn")

    assert "Going on after 2 trials" in again.output
    studies = json.loads(target.with_name("model.study.json").read_text())
    assert {name: study["trials"] for name, study in studies.items()} == {"content": 3, "item_knn": 2}
    baselines = set(read(target).get("evaluation", {}).get("baseline", {}))
    changed = {name for name, study in studies.items() if study["best_trial"] > 0}
    assert baselines == changed


def test_only_published_validation_reaches_the_objective(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []
    check = Objective.__post_init__

    def remembered(objective: Objective) -> None:
        seen.extend(objective.tables.snapshots())
        check(objective)

    monkeypatch.setattr(Objective, "__post_init__", remembered)
    tune(warehouse, tmp_path / "model.yml", "--trials", "1", "--only", "bucket")
    assert seen == [("published", "validation")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "oracle"], "choose one of hybrid"),
        (["--only", "magic"], "No setting of hybrid is called magic"),
    ],
)
def test_what_cannot_be_tuned_is_said(warehouse: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    result = tune(warehouse, tmp_path / "model.yml", *arguments)
    assert (result.exit_code, message in result.stderr) == (1, True)
    assert not (tmp_path / "model.yml").exists()


def test_a_missing_busy_or_unfinished_warehouse_and_a_bad_file_are_said(tmp_path: Path, warehouse: Path) -> None:
    missing = tune(tmp_path / "none.duckdb", tmp_path / "model.yml")
    assert (missing.exit_code, "Run `dbt build` first" in missing.stderr) == (1, True)

    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    unfinished = tune(tmp_path / "empty.duckdb", tmp_path / "model.yml")
    assert (unfinished.exit_code, "is incomplete" in unfinished.stderr) == (1, True)

    (tmp_path / "model.yml").write_text("hybrid: {magic: 1}")
    bad = tune(warehouse, tmp_path / "model.yml")
    assert (bad.exit_code, "there is no setting 'hybrid.magic'" in bad.stderr) == (1, True)


def test_ctrl_c_keeps_what_was_found(warehouse: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.yml"
    command = [sys.executable, "-c", "from glowhouse.cli import app; app()", "tune", "--warehouse", str(warehouse)]
    options = ["--to", str(target), "--study", str(tmp_path / "journal"), "--only", "bucket", "--trials", "100000"]
    journal = tmp_path / "journal"
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        while process.poll() is None and not (journal.exists() and journal.read_text().count("seconds") >= 2):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)

    assert process.returncode == 130
    assert "Interrupted" in output
    assert json.loads((tmp_path / "model.study.json").read_text())["hybrid: bucket"]["trials"] >= 2
    assert configured(target)
