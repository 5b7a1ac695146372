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
from glowhouse.lifecycle import DOWNSTREAM, LifecycleError, known_runs
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import Action

#: Trains the challenger, compares, decides; nothing else.
CHALLENGE: Final = ("--select", "ml_model_runs", "model_runs", "ml_model_decisions+1", "model_gate_checks")
DRIFT: Final = "drift"
_TRIGGERS = "select trigger_id, is_due, says from marts.retrain_triggers order by trigger_id"


@dataclass(frozen=True)
class Trigger:
    """A reason to train, and whether it holds."""

    trigger_id: str
    is_due: bool
    says: str


def retrain(warehouse: Path, console: Console, if_needed: bool) -> None:
    """Train a challenger from today's extracts and let it take the champion's place if the gate allows it.

    Args:
        if_needed: only if a trigger asks for it.

    Raises:
        BuildError: a build failed; what was released before stays.
    """
    build(warehouse)
    triggers = read_triggers(warehouse)
    for trigger in triggers:
        console.print(Text(f"{'due' if trigger.is_due else 'not due'}: {trigger.says}"), soft_wrap=True)
    if if_needed and not any(trigger.is_due for trigger in triggers):
        console.print("No new run is needed.")
        return
    log = DecisionLog(warehouse.parent)
    known = len(log.read())
    demand = "; ".join(trigger.says for trigger in triggers if trigger.is_due and trigger.trigger_id == DRIFT)
    build(warehouse, *CHALLENGE, variables={"retrain": True, "retrain_demand": demand})
    verdicts = [decision for decision in log.read()[known:] if decision.action in (Action.PROMOTED, Action.REJECTED)]
    if not verdicts:
        champion = known_runs(warehouse.parent).champion_id
        console.print(Text(f"Nothing changed since {champion} was trained: a new run would be the same."))
        return
    for reason in verdicts[-1].reasons:
        console.print(Text(f"{verdicts[-1].run_id} {reason}"), soft_wrap=True)
    if verdicts[-1].action is Action.PROMOTED:
        build(warehouse, *DOWNSTREAM)


def read_triggers(warehouse: Path) -> Sequence[Trigger]:
    """The triggers as of the last build.

    Raises:
        LifecycleError: the warehouse is of another version.
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            return [Trigger(*row) for row in connection.execute(_TRIGGERS).fetchall()]
    except duckdb.Error as error:
        raise LifecycleError(f"{warehouse} does not say whether a run is needed: {error}") from error
