"""`glowhouse retrain`, what a scheduler runs: build, ask whether a new run is wanted, train it, let the gate decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
from rich.console import Console
from rich.text import Text

from glowhouse.dbt_command import build
from glowhouse.gate_table import gate_table
from glowhouse.lifecycle import DOWNSTREAM, LifecycleError, known_runs
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import Action, Decision

#: Trains the challenger, compares, decides; nothing else. Tests that ask other tables as well are the build's.
CHALLENGE: Final = (
    "--select", "ml_model_runs", "model_runs", "ml_model_decisions+1", "model_gate_checks",
    "--indirect-selection", "cautious",
)  # fmt: skip
#: What tells the project that a challenger is wanted.
CHALLENGE_SETTINGS: Final = {"GLOWHOUSE_RETRAIN": "true"}
_TRIGGERS = "select model_run_id, threshold, is_due, says from marts.retrain_triggers order by trigger_id"


@dataclass(frozen=True)
class Trigger:
    """A reason to train, and whether it holds of a champion."""

    model_run_id: str
    threshold: float
    is_due: bool
    says: str


def retrain(warehouse: Path, console: Console, *, if_needed: bool = False, is_built: bool = False) -> None:
    """Train a challenger from today's extracts and let it take the champion's place if the gate allows it.

    Args:
        if_needed: only if a trigger asks for it.
        is_built: the warehouse was built from today's extracts a moment ago.

    Raises:
        BuildError: a build failed; what was released before stays.
        LifecycleError: the log of decisions is damaged, or there is no warehouse.
    """
    folder = warehouse.parent
    # A run that became champion after the build has not recommended yet.
    if not (is_built and {trigger.model_run_id for trigger in read_triggers(warehouse)} == {_champion(folder)}):
        build(warehouse)
    triggers = read_triggers(warehouse)
    for trigger in triggers:
        line = f"{'due' if trigger.is_due else 'not due'}: {trigger.says} (due from {trigger.threshold:g} on)"
        console.print(Text(line), soft_wrap=True)
    if if_needed and not any(trigger.is_due for trigger in triggers):
        console.print("No new run is needed.")
        return
    log = DecisionLog(folder)
    known = len(log.read())
    build(warehouse, *CHALLENGE, settings=CHALLENGE_SETTINGS)
    verdicts = [decision for decision in log.read()[known:] if decision.action in (Action.PROMOTED, Action.REJECTED)]
    if not verdicts:
        console.print(Text(f"Nothing changed since {_champion(folder)} was trained: a new run would be the same."))
        return
    _show(verdicts[-1], console)
    if verdicts[-1].action is Action.PROMOTED:
        build(warehouse, *DOWNSTREAM)
        console.print(
            "Its recommendations are released. `glowhouse diff` says what changes for customers, `glowhouse rollback` "
            "undoes it."
        )
    else:
        console.print(Text(f"{_champion(folder)} stays champion, and the release as it is."))


def read_triggers(warehouse: Path) -> Sequence[Trigger]:
    """The triggers as of the last build.

    Raises:
        LifecycleError: there is no warehouse, or one of another version.
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return [Trigger(*row) for row in connection.execute(_TRIGGERS).fetchall()]
    except duckdb.Error as error:
        raise LifecycleError(f"{warehouse} does not say whether a run is needed: {error}") from error


def _champion(folder: Path) -> str | None:
    return known_runs(folder).champion_id


def _show(verdict: Decision, console: Console) -> None:
    """Print what the gate looked at and what it decided: rows, then words."""
    console.print(gate_table(verdict))
    console.print(Text(f"{verdict.run_id} is {verdict.reasons[0]}.", "bold"), soft_wrap=True)
    for reason in verdict.reasons[1:]:
        console.print(Text(f"  {reason}"), soft_wrap=True)
