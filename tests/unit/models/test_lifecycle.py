"""The life of a run: its states, the log of decisions, and which run recommends."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models_py import artifacts
from models_py.config import RunConfig
from models_py.lifecycle import champion
from models_py.lifecycle.champion import Standing, standing
from models_py.lifecycle.decision_log import DamagedLogError, DecisionLog
from models_py.lifecycle.states import Action, Author, Decision, ImpossibleDecisionError, Runs, State
from models_py.registry import current_run, register
from models_py.tables import Tables

CONFIG = RunConfig()
OTHER = replace(CONFIG, hybrid=replace(CONFIG.hybrid, per_part=99))
NOW = datetime(2026, 1, 1)


def decided(*decisions: tuple[Action, str]) -> Runs:
    runs = Runs()
    for action, run_id in decisions:
        runs = runs.after(Decision(NOW, action, run_id, Author.BUILD))
    return runs


def test_a_challenger_that_wins_retires_the_champion() -> None:
    runs = decided(
        (Action.TRAINED, "old"), (Action.PROMOTED, "old"),
        (Action.TRAINED, "new"), (Action.EVALUATED, "new"), (Action.PROMOTED, "new"),
    )  # fmt: skip
    assert {name: run.state for name, run in runs.by_id.items()} == {"old": State.RETIRED, "new": State.CHAMPION}
    assert (runs.champion_id, runs.previous_id) == ("new", "old")
    assert runs.by_id["old"].because == "new took its place"


@pytest.mark.parametrize(
    "impossible",
    [
        [(Action.PROMOTED, "nobody")],
        [(Action.TRAINED, "run"), (Action.REJECTED, "run")],
        [(Action.TRAINED, "run"), (Action.PROMOTED, "run"), (Action.PROMOTED, "run")],
        [(Action.TRAINED, "run"), (Action.PROMOTED, "run"), (Action.REJECTED, "run")],
        [(Action.TRAINED, "run"), (Action.PROMOTED, "run"), (Action.TRAINED, "run")],
    ],
    ids=["unknown", "rejected unseen", "promoted twice", "champion rejected", "champion trained"],
)
def test_what_a_state_does_not_allow_is_refused(impossible: list[tuple[Action, str]]) -> None:
    with pytest.raises(ImpossibleDecisionError):
        decided(*impossible)


@given(st.lists(st.tuples(st.sampled_from(Action), st.sampled_from("abc"))))
def test_there_is_never_more_than_one_champion(wishes: list[tuple[Action, str]]) -> None:
    runs, had_champion = Runs(), False
    for action, run_id in wishes:
        try:
            runs = runs.after(Decision(NOW, action, run_id, Author.BUILD))
        except ImpossibleDecisionError:
            continue
        champions = [run.run_id for run in runs.by_id.values() if run.state is State.CHAMPION]
        had_champion = had_champion or bool(champions)
        assert champions == ([runs.champion_id] if had_champion else []), "a shop that had a champion keeps one"


def test_a_decision_that_was_not_written_whole_was_never_taken(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    log.append(Action.TRAINED, "a", Author.BUILD, ("first",), size=3)
    whole = log.path.read_bytes()
    log.append(Action.PROMOTED, "a", Author.BUILD, ("second",))
    line = log.path.read_bytes()[len(whole) :]
    for cut in range(len(line)):
        log.path.write_bytes(whole + line[:cut])
        assert [decision.action for decision in log.read()] == [Action.TRAINED]
        assert log.append(Action.PROMOTED, "a", Author.BUILD, ("again",)) == log.read()[1]
    assert log.read()[0].facts == {"size": 3}


def test_a_damaged_line_is_named_with_what_to_do(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    log.append(Action.TRAINED, "a", Author.BUILD, ())
    log.path.write_bytes(log.path.read_bytes().replace(b"trained", b"tr\xffined"))
    with pytest.raises(DamagedLogError, match=r"line 1 is damaged.*move it away"):
        log.read()
    with pytest.raises(DamagedLogError, match="line 1"):
        log.append(Action.PROMOTED, "a", Author.BUILD, ())


def test_the_log_never_takes_a_decision_that_cannot_be(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path)
    with pytest.raises(ImpossibleDecisionError, match="no run a"):
        log.append(Action.PROMOTED, "a", Author.PROMOTE, ())
    assert log.read() == ()


@pytest.fixture
def later(lively_shop: Tables) -> Tables:
    """The shop on a later day: some customer has one purchase less to look back on, and so other data."""
    return Tables(**{**lively_shop.__dict__, "visible_purchases": lively_shop.visible_purchases.slice(0, 400)})


@pytest.fixture(scope="module")
def crowned(lively_shop: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crowned")
    standing(lively_shop, CONFIG, folder)
    return folder


@pytest.fixture
def folder(crowned: Path, tmp_path: Path) -> Path:
    """The folder of a shop with a champion, trained on `lively_shop`."""
    return shutil.copytree(crowned, tmp_path / "shop")


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def train(*_: object) -> None:
        raise AssertionError("a run was trained")

    monkeypatch.setattr(champion, "train", train)


def the_champion(found: Standing) -> str:
    assert found.runs.champion
    return found.runs.champion.run_id


def artifact(folder: Path) -> Path:
    return folder / str(DecisionLog(folder).runs().champion.facts["artifact_path"])  # type: ignore[union-attr]


def test_the_first_run_is_champion_at_once_and_says_what_it_is_made_of(folder: Path) -> None:
    runs = DecisionLog(folder).runs()
    assert runs.champion and runs.champion.because.startswith("the first run")
    assert {"fingerprint", "data_fingerprint", "code_fingerprint", "artifact_sha256"} <= set(runs.champion.facts)
    assert runs.champion.facts["data_as_of"] == "2025-04-11T00:00:00"


@pytest.mark.usefixtures("no_training")
def test_new_data_do_not_train_a_run(lively_shop: Tables, later: Tables, folder: Path) -> None:
    today, tomorrow = standing(lively_shop, CONFIG, folder), standing(later, CONFIG, folder)
    assert the_champion(today) == the_champion(tomorrow)
    assert today.serving_path == artifact(folder).relative_to(folder).as_posix(), "its own day: as it was trained"
    renewed = folder / tomorrow.serving_path
    assert renewed.parent == artifact(folder)
    assert artifacts.load(renewed).run_id == the_champion(today)


@pytest.mark.usefixtures("no_training")
def test_the_champion_of_today_is_made_once_and_again_when_it_is_damaged(later: Tables, folder: Path) -> None:
    path = folder / standing(later, CONFIG, folder).serving_path / artifacts.ARRAYS_FILE
    content, written = path.read_bytes(), path.stat().st_mtime_ns
    standing(later, CONFIG, folder)
    assert path.stat().st_mtime_ns == written
    path.write_bytes(content[:-1])
    standing(later, CONFIG, folder)
    assert path.read_bytes() == content


@pytest.mark.usefixtures("no_training")
def test_a_changed_configuration_or_code_is_said_with_the_command_that_tries_it_out(
    lively_shop: Tables, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    standing(lively_shop, CONFIG, folder, said.append)
    assert not any("glowhouse retrain" in sentence for sentence in said)
    standing(lively_shop, OTHER, folder, said.append)
    assert any("hybrid.per_part (100, now 99)" in sentence and "glowhouse retrain" in sentence for sentence in said)
    marks = champion.marks(lively_shop, CONFIG)
    monkeypatch.setattr(champion, "marks", lambda *_: replace(marks, code="other"))
    standing(lively_shop, CONFIG, folder, said.append)
    assert "the code that trains differs" in said[-2]


@pytest.mark.usefixtures("no_training")
def test_what_acts_after_the_model_is_valid_at_once(lively_shop: Tables, folder: Path) -> None:
    said: list[str] = []
    seven = replace(CONFIG, recommend=replace(CONFIG.recommend, count=7))
    runs = register(lively_shop, seven, folder, said.append)
    assert current_run(runs, folder).config.recommend.count == 7
    assert not any("glowhouse retrain" in sentence for sentence in said)


def test_what_another_run_than_the_champion_recommends_is_not_released(folder: Path) -> None:
    champion.check_champion(folder, DecisionLog(folder).runs().champion_id or "")
    with pytest.raises(ValueError, match=r"run_old made these recommendations, but run_.* is champion by now"):
        champion.check_champion(folder, "run_old")


def test_a_challenger_is_trained_on_request_and_changes_nothing_by_itself(
    lively_shop: Tables, later: Tables, folder: Path
) -> None:
    before = the_champion(standing(lively_shop, CONFIG, folder))
    found = standing(later, CONFIG, folder, wants_challenger=True)
    assert found.challenger_id and the_champion(found) == before
    assert found.runs.by_id[found.challenger_id].state is State.TRAINED
    again = standing(later, CONFIG, folder, wants_challenger=True)
    assert again.challenger_id == found.challenger_id
    assert len(DecisionLog(folder).read()) == 3, "it was not trained twice"


@pytest.mark.usefixtures("no_training")
def test_there_is_no_challenger_where_nothing_changed(lively_shop: Tables, folder: Path) -> None:
    assert standing(lively_shop, CONFIG, folder, wants_challenger=True).challenger_id is None


def truncated(folder: Path) -> None:
    path = artifact(folder) / artifacts.ARRAYS_FILE
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.usefixtures("no_training")
def test_a_damaged_champion_is_restored_from_a_copy(later: Tables, folder: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(artifact(folder), tmp_path / "copy")
    truncated(folder)
    said: list[str] = []
    found = standing(later, CONFIG, folder, said.append, spare=[tmp_path / "missing", whole])
    assert found.runs.champion and found.runs.champion.because.startswith("the first run")
    assert any("restored from copy" in sentence for sentence in said), said
    assert artifacts.load(artifact(folder)).run_id == the_champion(found)


def test_without_a_copy_it_is_made_again_from_the_same_inputs(lively_shop: Tables, folder: Path) -> None:
    before = (artifact(folder) / artifacts.ARRAYS_FILE).read_bytes()
    truncated(folder)
    found = standing(lively_shop, CONFIG, folder)
    assert (artifact(folder) / artifacts.ARRAYS_FILE).read_bytes() == before
    assert len(found.runs.by_id) == 1


def test_from_other_inputs_another_run_takes_its_place(lively_shop: Tables, later: Tables, folder: Path) -> None:
    lost = the_champion(standing(lively_shop, CONFIG, folder))
    truncated(folder)
    found = standing(later, CONFIG, folder)
    assert the_champion(found) != lost
    assert found.runs.champion and f"the artefact of {lost} is lost" in found.runs.champion.because


def test_the_register_survives_the_warehouse(
    lively_shop: Tables, folder: Path, shop_of_seed: Callable[..., Tables]
) -> None:
    runs = register(lively_shop, CONFIG, folder)
    assert isinstance(runs, pa.Table) and runs["is_current"].to_pylist() == [True]
    assert register(shop_of_seed(5), CONFIG, folder)["model_run_id"].equals(runs["model_run_id"])
