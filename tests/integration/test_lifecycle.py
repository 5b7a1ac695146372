"""The life of a model in a real shop: new extracts, retraining, rolling back, and `kill -9` at any moment."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

from glowhouse.retrain import CHALLENGE
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import State

from ..conftest import ROOT, Shop, copy_of

# What scoring, releasing and deciding need, without the features, which a copied shop has.
FROM_THE_MODEL_ON = ("--select", "ml_model_runs+", "--exclude", "resource_type:test", "resource_type:unit_test")


def glowhouse(shop: Shop, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user would, on the shop."""
    environment = shop.environment | {
        "DBT_TARGET_PATH": str(shop.folder / "target"),
        "DBT_LOG_PATH": str(shop.folder / "logs"),
    }
    command = [sys.executable, "-c", "from glowhouse.cli import app; app()", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def checksums(shop: Shop) -> dict[str, str]:
    names = ("serving.duckdb", "recommendations.parquet")
    return {name: hashlib.sha256((shop.folder / name).read_bytes()).hexdigest() for name in names}


@pytest.fixture(scope="module")
def shop(built_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of their own for these tests, which follow each other."""
    return copy_of(built_shop, tmp_path_factory.mktemp("lifecycle"))


def states(shop: Shop) -> dict[str, State]:
    return {run.run_id: run.state for run in DecisionLog(shop.folder).runs().by_id.values()}


def test_a_challenger_is_trained_judged_promoted_and_rolled_back(shop: Shop) -> None:
    (champion,), first = states(shop), checksums(shop)

    # Another setting trains nothing; the build says what to do about it.
    linear = ("--vars", "{ranker: linear}")
    result = shop.dbt("build", "--select", "ml_model_runs", *linear)
    assert "hybrid.ranker ('lambdamart', now 'linear'). `glowhouse retrain` tries it out." in result.stdout
    assert set(states(shop)) == {champion}

    # So small a shop uses the blend anyway: the challenger is no better, and the gate says so in words and in rows.
    result = shop.dbt("build", *CHALLENGE, "--vars", "{ranker: linear, retrain: true}")
    assert result.returncode == 0, result.stdout[-3000:]
    challenger, state = list(states(shop).items())[-1]
    assert (state, states(shop)[champion]) == (State.REJECTED, State.CHAMPION)
    ((reason,),) = shop.query("select reason from marts.model_decisions where action = 'rejected'")
    assert str(reason).startswith("rejected: not shown to be better: ndcg@10 of all customers")
    checks = shop.query("select check_id from marts.model_gate_checks where not is_passed")
    assert checks == [("better_overall",)]

    # A person may know better.
    result = glowhouse(shop, "promote", challenger)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr
    assert shop.query("select distinct model_run_id from recommendations", shop.serving) == [(challenger,)]
    assert states(shop) == {champion: State.RETIRED, challenger: State.CHAMPION}

    # And may err.
    result = glowhouse(shop, "rollback")
    assert result.returncode == 0, result.stderr
    assert checksums(shop) == first
    assert states(shop) == {champion: State.CHAMPION, challenger: State.RETIRED}
    listed = glowhouse(shop, "runs").stdout
    assert champion in listed and "rolled back to release" in listed

    artifact = shop.folder / "artifacts" / challenger / "model.npz"
    artifact.write_bytes(artifact.read_bytes()[:-1])
    refused = glowhouse(shop, "promote", challenger)
    assert refused.returncode == 1 and "is refused" in refused.stderr and "is damaged" in refused.stderr
    assert states(shop)[champion] is State.CHAMPION and checksums(shop) == first


def test_a_build_that_is_killed_leaves_the_release_and_the_next_one_goes_on(shop: Shop) -> None:
    rows, said = shop.recommendations(), shop.folder / "killed.log"
    for seconds in (0.5, 3):
        with said.open("w") as output:
            command = shop.command("build", *FROM_THE_MODEL_ON)
            build = subprocess.Popen(command, cwd=ROOT, env=shop.environment, stdout=output, start_new_session=True)
            while " of " not in said.read_text() and build.poll() is None:
                time.sleep(0.05)
            # Nodes are at work now.
            time.sleep(seconds)
            os.killpg(build.pid, signal.SIGKILL)
            build.wait()
        assert shop.recommendations().equals(rows)
        assert DecisionLog(shop.folder).runs().champion

    shop.build(*FROM_THE_MODEL_ON)
    assert shop.recommendations().equals(rows)
    assert not list(shop.folder.glob(".*.new*"))
