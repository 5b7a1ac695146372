"""The register of runs: what is trained and evaluated again, and which run is compared with which."""

from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pytest

from models_py.artifacts import DamagedArtifactError
from models_py.config import RunConfig
from models_py.evaluation_store import USERS_FILE
from models_py.registry import EVALUATION_SCHEMA, RUNS_SCHEMA, compared, evaluated, evaluated_users, register
from models_py.tables import Tables

CONFIG = RunConfig()
OTHER = replace(CONFIG, recommend=replace(CONFIG.recommend, count=7))


def current_and_previous(runs: object) -> list[tuple[bool, bool]]:
    return [(row["is_current"], row["is_previous"]) for row in runs.to_pylist()]  # type: ignore[attr-defined]


def test_the_previous_run_is_the_one_that_was_current_before(lively_shop: Tables, tmp_path: Path) -> None:
    runs = register(lively_shop, CONFIG, RUNS_SCHEMA.empty_table(), tmp_path)
    assert current_and_previous(runs) == [(True, False)]
    runs = register(lively_shop, OTHER, runs, tmp_path)
    assert current_and_previous(runs) == [(False, True), (True, False)]
    again = register(lively_shop, OTHER, runs, tmp_path)
    assert again.equals(runs), "nothing changed, so nothing was trained and nobody was replaced"
    back = register(lively_shop, CONFIG, again, tmp_path)
    assert current_and_previous(back) == [(True, False), (False, True)]


def test_an_evaluated_run_is_evaluated_again_only_if_its_customers_results_are_gone(
    lively_shop: Tables, tmp_path: Path
) -> None:
    runs = register(lively_shop, CONFIG, RUNS_SCHEMA.empty_table(), tmp_path)
    said: list[str] = []
    results = evaluated(lively_shop, runs, EVALUATION_SCHEMA.empty_table(), tmp_path, said.append)
    users = evaluated_users(runs, tmp_path)
    assert said

    said.clear()
    assert evaluated(lively_shop, runs, results, tmp_path, said.append).equals(results)
    assert said == []

    (path,) = tmp_path.rglob(USERS_FILE)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedArtifactError, match="damaged"):
        evaluated_users(runs, tmp_path)
    assert evaluated(lively_shop, runs, results, tmp_path, said.append).equals(results)
    assert said
    assert evaluated_users(runs, tmp_path).equals(users)

    path.unlink()
    with pytest.raises(DamagedArtifactError, match="missing"):
        evaluated_users(runs, tmp_path)


def test_the_run_before_is_a_rival_while_its_file_is_there(lively_shop: Tables, tmp_path: Path) -> None:
    runs, results = RUNS_SCHEMA.empty_table(), EVALUATION_SCHEMA.empty_table()
    for config in (CONFIG, OTHER):
        runs = register(lively_shop, config, runs, tmp_path)
        results = evaluated(lively_shop, runs, results, tmp_path)
    before, now = runs["model_run_id"].to_pylist()
    rivals = compared(runs, evaluated_users(runs, tmp_path))
    assert set(rivals["model_run_id"].to_pylist()) == {now}
    champion = rivals.filter(pc.equal(rivals["compared_run_id"], before))
    assert set(champion["compared_model"].to_pylist()) == {"hybrid"}
    # The runs differ in nothing that is evaluated.
    assert set(champion["difference"].to_pylist()) == {0.0}

    (tmp_path / "artifacts" / before / USERS_FILE).unlink()
    assert set(evaluated_users(runs, tmp_path)["model_run_id"].to_pylist()) == {now}
