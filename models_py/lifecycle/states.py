"""The states of a run, and what leads from one to the next.

    trained -> evaluated -> champion -> retired
                         -> rejected

The champion is the run that recommends; there is at most one. A run that was retired or rejected may be promoted
(again) by hand or by a rollback. The first champion, and one that replaces an artefact that was lost, is promoted as
soon as it is trained: there is nothing to compare it with, and a shop without recommendations helps nobody.

The states are what is left when all decisions are read in order (`decision_log.py` keeps them); nothing else is stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    """Where a run stands."""

    TRAINED = "trained"
    EVALUATED = "evaluated"
    CHAMPION = "champion"
    RETIRED = "retired"
    REJECTED = "rejected"


class Action(StrEnum):
    """What is decided about a run.

    `restored`: its artefact was lost and is there again. `erased`: a customer was taken out of it. Its state stays.
    """

    TRAINED = "trained"
    EVALUATED = "evaluated"
    PROMOTED = "promoted"
    REJECTED = "rejected"
    RESTORED = "restored"
    ERASED = "erased"


class Author(StrEnum):
    """Who decides."""

    BUILD = "build"
    RETRAIN = "retrain"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    ERASE = "erase"


#: From which states an action is possible, and where it leads.
TRANSITIONS: Final[Mapping[Action, tuple[frozenset[State], State]]] = {
    Action.EVALUATED: (frozenset({State.TRAINED, State.EVALUATED, State.REJECTED, State.RETIRED}), State.EVALUATED),
    Action.REJECTED: (frozenset({State.EVALUATED}), State.REJECTED),
    Action.PROMOTED: (frozenset(State) - {State.CHAMPION}, State.CHAMPION),
}


class ImpossibleDecisionError(ValueError):
    """A decision that a run's state does not allow."""


@dataclass(frozen=True)
class Decision:
    """One line of the log.

    Attributes:
        at: wall clock (UTC).
        reasons: in words, the first one alone is enough to understand what happened.
        facts: of `trained`, the run's columns in the register; of a gate's decision, the checks; JSON types.
    """

    at: datetime
    action: Action
    run_id: str
    by: Author
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A run and where it stands.

    Attributes:
        since: when it came to its state.
        because: the first reason of the decision that brought it there.
        facts: its columns in the register.
    """

    run_id: str
    state: State
    since: datetime
    because: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Runs:
    """All runs by id, in the order of their (latest) training; which one is champion, and which one was before."""

    by_id: Mapping[str, Run] = field(default_factory=dict)
    champion_id: str | None = None
    previous_id: str | None = None

    @property
    def champion(self) -> Run | None:
        """The run that recommends; None before the first one."""
        return self.by_id[self.champion_id] if self.champion_id else None

    def after(self, decision: Decision) -> "Runs":
        """What the runs are once this is decided, too.

        Raises:
            ImpossibleDecisionError: the state of the run does not allow it.
        """
        run = self.by_id.get(decision.run_id)
        if decision.action is Action.TRAINED:
            if run and run.state is State.CHAMPION:
                raise ImpossibleDecisionError(f"{run.run_id} is the champion; it can only be restored.")
            others = {key: other for key, other in self.by_id.items() if key != decision.run_id}
            return replace(self, by_id={**others, decision.run_id: _arrived(decision, State.TRAINED, decision.facts)})
        if run is None:
            raise ImpossibleDecisionError(f"There is no run {decision.run_id}.")
        if decision.action in (Action.RESTORED, Action.ERASED):
            changed = replace(run, facts={**run.facts, **decision.facts})
            return replace(self, by_id={**self.by_id, run.run_id: changed})
        sources, target = TRANSITIONS[decision.action]
        if run.state not in sources:
            raise ImpossibleDecisionError(f"{run.run_id} is {run.state} and cannot be {decision.action}.")
        by_id = {**self.by_id, run.run_id: _arrived(decision, target, run.facts)}
        if target is not State.CHAMPION:
            return replace(self, by_id=by_id)
        if self.champion:
            gone = replace(decision, reasons=(f"{run.run_id} took its place",))
            by_id[self.champion.run_id] = replace(
                _arrived(gone, State.RETIRED, self.champion.facts), run_id=self.champion.run_id
            )
        return Runs(by_id, champion_id=run.run_id, previous_id=self.champion_id)


def runs_after(decisions: Iterable[Decision]) -> Runs:
    """Read all decisions in order."""
    runs = Runs()
    for decision in decisions:
        runs = runs.after(decision)
    return runs


def _arrived(decision: Decision, state: State, facts: Mapping[str, Any]) -> Run:
    return Run(decision.run_id, state, decision.at, decision.reasons[0] if decision.reasons else "", facts)
