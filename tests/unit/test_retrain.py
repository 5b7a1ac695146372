"""`glowhouse retrain`: what it builds when, and what it says of the gate's decision."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from glowhouse import retrain as module
from glowhouse.lifecycle import DOWNSTREAM, LifecycleError
from glowhouse.retrain import CHALLENGE, retrain
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.gate import BETTER, NO_VIOLATIONS, NOT_WORSE, Check
from models_py.lifecycle.states import Action, Author

Build = Callable[..., None]
EVERYTHING: tuple[str, ...] = ()
CHECKS = (
    Check(NO_VIOLATIONS, True, "no recommendation breaks a rule", value=0.0),
    Check(NOT_WORSE, True, "fine", "ndcg@10", "skin_type_sensitive", 99, 0.18, 0.19, -0.01, -0.02, 0.01, 0.03),
    Check(NOT_WORSE, True, "too few to judge", "ndcg@10", "history_light", 7, 0.1, 0.2, -0.1, -0.2, 0.1, 0.03),
    Check(BETTER, False, "not shown to be better", "ndcg@10", "all", 832, 0.18, 0.19, -0.01, -0.02, 0.01, 0.0),
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse whose last build was of the champion `old`; it is old enough for another run."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute("""
            create table marts.retrain_triggers as
            select 'age' as trigger_id, 'old' as model_run_id, 30e0 as threshold, true as is_due, 'days: 31' as says
        """)
    decide(tmp_path, "old", Action.TRAINED, Action.PROMOTED)
    return path


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What dbt was asked for, in order; a challenger `new` is rejected."""
    asked: list[tuple[str, ...]] = []

    def build(warehouse: Path, *arguments: str, settings: object = None) -> None:
        asked.append(arguments)
        if arguments == CHALLENGE:
            assert settings == {"GLOWHOUSE_RETRAIN": "true"}
            decide(warehouse.parent, "new", Action.TRAINED, Action.EVALUATED, Action.REJECTED)

    monkeypatch.setattr(module, "build", build)
    return asked


def decide(folder: Path, run_id: str, *actions: Action) -> None:
    for action in actions:
        checks = [check.as_json() for check in CHECKS]
        reasons = (f"{action}: so it is", "and this besides")
        DecisionLog(folder).append(action, run_id, Author.RETRAIN, reasons, compared_run_id="old", checks=checks)


def said_by(warehouse: Path, **options: bool) -> str:
    console = Console(file=io.StringIO(), width=80)
    retrain(warehouse, console, **options)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def due(warehouse: Path, is_due: bool) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.retrain_triggers set is_due = ?", [is_due])


def test_a_rejected_challenger_is_told_in_a_table_and_in_words_and_nothing_is_released(
    warehouse: Path, built: Sequence[tuple[str, ...]]
) -> None:
    said = said_by(warehouse, if_needed=True)
    assert built == [EVERYTHING, CHALLENGE]
    assert "due: days: 31 (due from 30 on)" in said
    assert "new is rejected: so it is.\n  and this besides\nold stays champion" in said
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "ndcg@10 all 832 0.1800 0.1900 -0.0200 +0.0100 +0.0000 no" in lines
    assert "ndcg@10 skin type 99 0.1800 0.1900 -0.0200 +0.0100 -0.0300 yes" in lines
    assert "ndcg@10 history light 7 0.1000 0.2000 -0.2000 +0.1000 -0.0300 few" in lines
    assert "…" not in said, "80 columns are enough"


def test_a_promoted_challenger_is_released_at_once(
    warehouse: Path, built: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(folder: Path, *arguments: str, settings: object = None) -> None:
        built.append(arguments)
        if arguments == CHALLENGE:
            decide(folder.parent, "new", Action.TRAINED, Action.EVALUATED, Action.PROMOTED)

    monkeypatch.setattr(module, "build", build)
    assert "new is promoted: so it is." in said_by(warehouse)
    assert built == [EVERYTHING, CHALLENGE, DOWNSTREAM]


def test_nothing_is_trained_if_no_trigger_asks_for_it(warehouse: Path, built: Sequence[tuple[str, ...]]) -> None:
    due(warehouse, False)
    assert "not due: days: 31" in (said := said_by(warehouse, if_needed=True)) and "No new run is needed." in said
    assert built == [EVERYTHING]


def test_a_warehouse_that_was_just_built_need_not_be_built_again(
    warehouse: Path, built: Sequence[tuple[str, ...]]
) -> None:
    said_by(warehouse, is_built=True)
    assert built == [CHALLENGE]


def test_it_is_built_nevertheless_if_another_run_is_champion_by_now(
    warehouse: Path, built: Sequence[tuple[str, ...]]
) -> None:
    decide(warehouse.parent, "promoted by hand", Action.TRAINED, Action.PROMOTED)
    said_by(warehouse, is_built=True)
    assert built == [EVERYTHING, CHALLENGE]


def test_a_shop_without_a_warehouse_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(LifecycleError, match="does not say whether a run is needed"):
        said_by(tmp_path / "warehouse.duckdb", is_built=True)
