"""The life of a model in a real shop: drift, retraining, the gate, a rollback, and `kill -9` at any moment."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from glowhouse.retrain import CHALLENGE, CHALLENGE_SETTINGS
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import State

from ..conftest import ROOT, Shop, copy_of
from .release_reader import polled
from .running import killed, run

# The champion's lists and their release; its evaluation, which takes longest, stays as it was.
RELEASE = (
    "--select", "ml_model_runs", "ml_run_states", "model_runs", "ml_recommendations", "recommendations",
    "ml_blocked_recommendations", "blocked_recommendations", "releases",
    "--exclude", "resource_type:test", "resource_type:unit_test",
)  # fmt: skip
BUGGY = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "buggy_training"), str(ROOT)])}
# How often something is killed, and the seed of the moments: docs/lifecycle.md says how to try more of them.
KILLS, SEED = (int(os.environ.get(f"GLOWHOUSE_TEST_{name}", default)) for name, default in (("KILLS", 1), ("SEED", 1)))


def test_the_life_of_a_model(played_shop: Shop, tmp_path: Path) -> None:
    """In a shop whose world has changed. Each step begins where the one before has left the shop."""
    shop = copy_of(played_shop, tmp_path)
    with polled(shop.serving, at_least=50):
        champion = DecisionLog(shop.folder).runs().champion_id
        assert champion
        bad = drift_demands_a_new_run_and_one_trained_on_shuffled_labels_is_refused(shop, champion)
        started = time.monotonic()
        good = a_person_may_err_and_the_gate_promotes_what_is_better(shop, bad)
        longest = time.monotonic() - started
        releases = dict([released(shop)])
        for _ in whatever_is_killed_at_any_moment_the_next_run_goes_on(shop, longest, champion, bad, good):
            releases |= dict([released(shop)])
        a_rollback_is_exact(shop, releases)
        a_truncated_artefact_is_refused(shop, next(to_promote(shop, champion, bad, good)))


def drift_demands_a_new_run_and_one_trained_on_shuffled_labels_is_refused(shop: Shop, champion: str) -> str:
    before = released(shop)
    result = run(shop, "glowhouse", "retrain", "--if-needed", "--skip-build", settings=BUGGY)
    assert result.code == 0, result.said
    (drift,) = [line for line in result.said.splitlines() if line.startswith("due: features drifted")]
    assert "customers.country_code" in drift

    (bad,) = set(states(shop)) - {champion}
    assert states(shop) == {champion: State.CHAMPION, bad: State.REJECTED}
    assert f"{bad} is rejected: " in result.said and f"{champion} stays champion" in result.said
    told = shop.query("select model_run_id, state from marts.model_runs")
    assert dict(told) == {champion: "champion", bad: "rejected"}, "the table says at once what was decided"
    failed = shop.query("select check_id, metric, slice from marts.model_gate_checks where not is_passed")
    assert {("not_worse", "ndcg@10", "all"), ("better_overall", "ndcg@10", "all")} <= set(failed)
    assert released(shop) == before
    return bad


def a_person_may_err_and_the_gate_promotes_what_is_better(shop: Shop, bad: str) -> str:
    before = states(shop)
    # Past the gate, by hand. The decision is on disk; the build that follows from it never ends.
    assert killed(shop, partial(is_champion, shop, bad), "glowhouse", "promote", bad)
    assert is_champion(shop, bad)

    # The bug is repaired. What `glowhouse retrain` runs after its build:
    result = run(shop, "dbt", "build", *CHALLENGE, settings=CHALLENGE_SETTINGS)
    assert result.code == 0, result.said
    (good,) = set(states(shop)) - set(before)
    assert is_champion(shop, good)
    assert f"{good}: promoted: ndcg@10 of all customers" in result.said
    return good


def a_rollback_is_exact(shop: Shop, releases: Mapping[str, Mapping[str, str]]) -> None:
    live, _ = released(shop)
    result = run(shop, "glowhouse", "rollback")
    assert result.code == 0, result.said
    back, files = released(shop)
    assert back != live and files == releases[back]
    assert released_runs(shop) == {DecisionLog(shop.folder).runs().champion_id}
    assert f"rolled back to release {back}" in run(shop, "glowhouse", "runs").said


def a_truncated_artefact_is_refused(shop: Shop, run_id: str) -> None:
    before = states(shop), released(shop)
    artifact = shop.folder / "artifacts" / run_id / "model.npz"
    content = artifact.read_bytes()
    artifact.write_bytes(content[:-1])
    refused = run(shop, "glowhouse", "promote", run_id)
    assert refused.code == 1 and f"{run_id} is refused: " in refused.said and "model.npz is damaged" in refused.said
    assert (states(shop), released(shop)) == before
    artifact.write_bytes(content)


def whatever_is_killed_at_any_moment_the_next_run_goes_on(
    shop: Shop, seconds_at_most: float, *runs: str
) -> Iterator[None]:
    moments = random.Random(SEED)
    # How long each takes at most; less as soon as one has come to its end before it was to be killed.
    longest = dict.fromkeys(("challenge", "build", "promote", "publish", "retrain"), seconds_at_most)
    for number in range(KILLS):
        name = list(longest)[number % len(longest)]
        while True:
            command, settings = to_kill(shop, name, *runs)
            seconds, started = moments.uniform(0, longest[name]), time.monotonic()
            if killed(shop, partial(is_past, started + seconds), *command, settings=settings):
                break
            longest[name] = time.monotonic() - started
        print(f"seed {SEED}, kill {number + 1}: {name} after {seconds:.1f} of {longest[name]:.1f} s")

        result = run(shop, "dbt", "build", *RELEASE)
        assert result.code == 0, result.said
        assert released_runs(shop) == {DecisionLog(shop.folder).runs().champion_id}
        assert not list(shop.folder.rglob(".*.new*")), "nothing unfinished is left"
        yield


def to_kill(shop: Shop, name: str, *runs: str) -> tuple[list[str], dict[str, str]]:
    """A command, and what it finds in the environment: one that trains has a run to train, `promote` one to promote."""
    _, bad, good = runs
    is_buggy = is_champion(shop, good)
    if name in ("challenge", "retrain") and len(list(to_promote(shop, *runs))) > 1:
        shutil.rmtree(shop.folder / "artifacts" / (bad if is_buggy else good))
    settings = BUGGY if is_buggy else {}
    match name:
        case "challenge":
            return ["dbt", "build", *CHALLENGE], settings | CHALLENGE_SETTINGS
        case "retrain":
            return ["glowhouse", "retrain", "--skip-build"], settings
        case "promote":
            return ["glowhouse", "promote", next(to_promote(shop, *runs))], {}
        case "publish":
            return ["dbt", "build", "--select", "releases"], {}
        case _:
            return ["dbt", "build", *RELEASE], {}


def to_promote(shop: Shop, *runs: str) -> Iterator[str]:
    """Runs that are not champion, and have an artefact."""
    return (
        run for run in runs if not is_champion(shop, run) and (shop.folder / "artifacts" / run / "model.npz").exists()
    )


def released(shop: Shop) -> tuple[str, dict[str, str]]:
    """The id of the live release, and the checksums of its files."""
    ((release_id,),) = shop.query("select release_id from release", shop.serving)
    files = ("serving.duckdb", "recommendations.parquet")
    return str(release_id), {name: hashlib.sha256((shop.folder / name).read_bytes()).hexdigest() for name in files}


def states(shop: Shop) -> dict[str, State]:
    return {run.run_id: run.state for run in DecisionLog(shop.folder).runs().by_id.values()}


def is_champion(shop: Shop, run_id: str) -> bool:
    return states(shop)[run_id] is State.CHAMPION


def released_runs(shop: Shop) -> set[str]:
    return {str(run) for (run,) in shop.query("select distinct model_run_id from recommendations", shop.serving)}


def is_past(moment: float) -> bool:
    return time.monotonic() > moment
