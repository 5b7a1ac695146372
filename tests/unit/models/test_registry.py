"""The register of runs: what is trained and evaluated again, and which run is compared with which."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models_py.artifacts import DamagedArtifactError
from models_py.config import RunConfig
from models_py.evaluation_store import USERS_FILE
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.decisions import run_states
from models_py.lifecycle.states import Action, Author
from models_py.registry import EVALUATION_SCHEMA, compared, evaluated, evaluated_users, register
from models_py.tables import Tables

CONFIG = RunConfig()
OTHER = replace(CONFIG, hybrid=replace(CONFIG.hybrid, per_part=99))


def succeeded(tables: Tables, folder: Path) -> pa.Table:
    """A register in which a run with other settings took the first champion's place."""
    register(tables, CONFIG, folder)
    runs = register(tables, OTHER, folder, wants_challenger=True)
    (challenger,) = runs.filter(runs["is_challenger"])["model_run_id"].to_pylist()
    DecisionLog(folder).append(Action.PROMOTED, challenger, Author.PROMOTE, ("by hand",))
    return register(tables, OTHER, folder)


def test_the_previous_run_is_the_champion_before(lively_shop: Tables, tmp_path: Path) -> None:
    runs = succeeded(lively_shop, tmp_path)
    states = run_states(tmp_path)
    assert states["state"].to_pylist() == ["retired", "champion"]
    assert states["model_run_id"].equals(runs["model_run_id"])
    assert runs["is_current"].to_pylist() == [False, True]
    assert runs["is_previous"].to_pylist() == [True, False]
    assert states["state_reason"].to_pylist()[1] == "by hand"


def test_an_evaluated_run_is_evaluated_again_only_if_its_customers_results_are_gone(
    lively_shop: Tables, tmp_path: Path
) -> None:
    runs = register(lively_shop, CONFIG, tmp_path)
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
    results = evaluated(lively_shop, register(lively_shop, CONFIG, tmp_path), EVALUATION_SCHEMA.empty_table(), tmp_path)
    runs = succeeded(lively_shop, tmp_path)
    evaluated(lively_shop, runs, results, tmp_path)
    before, now = runs["model_run_id"].to_pylist()
    rivals = compared(runs, evaluated_users(runs, tmp_path))
    assert set(rivals["model_run_id"].to_pylist()) == {now}
    champion = rivals.filter(pc.equal(rivals["compared_run_id"], before))
    assert set(champion["compared_model"].to_pylist()) == {"hybrid"}
    # In so small a shop neither setting leaves a product out.
    assert set(champion["difference"].to_pylist()) == {0.0}

    (tmp_path / "artifacts" / before / USERS_FILE).unlink()
    assert set(evaluated_users(runs, tmp_path)["model_run_id"].to_pylist()) == {now}
