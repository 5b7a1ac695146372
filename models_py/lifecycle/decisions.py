"""Put a challenger through the gate, and tell what was decided, now and before, as tables."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from models_py import artifacts
from models_py import columns as c
from models_py.evaluation.study import Progress
from models_py.lifecycle.comparison import compared
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.gate import CHECKS_SCHEMA, Verdict, checks_table, gate
from models_py.lifecycle.states import Action, Author, runs_after
from models_py.lifecycle.violations import violations
from models_py.recommend import recommend
from models_py.rules.tables import RuleTables
from models_py.tables import Tables

DECISIONS_SCHEMA = pa.schema(
    [
        ("decision_number", pa.int64()),
        ("decided_at", pa.timestamp("us")),
        ("action", pa.string()),
        (c.MODEL_RUN, pa.string()),
        ("decided_by", pa.string()),
        ("reason", pa.string()),
    ]
)
STATES_SCHEMA = pa.schema(
    [
        (c.MODEL_RUN, pa.string()),
        ("state", pa.string()),
        ("state_since", pa.timestamp("us")),
        ("state_reason", pa.string()),
    ]
)


def challenge(
    tables: Tables,
    rules: RuleTables,
    customer_ids: pa.Array,
    register: pa.Table,
    guards: pa.Table,
    folder: Path,
    demand: str = "",
    progress: Progress = lambda _: None,
) -> Verdict | None:
    """Compare the register's challenger with the champion, and promote or reject it; nothing without a challenger.

    Args:
        customer_ids: who is recommended to.
        register: rows of `registry.RUNS_SCHEMA`.
        guards: see `gate`.
        folder: of the warehouse.
        demand: see `gate`.

    Returns:
        what was decided, which is in the log by now.

    Raises:
        artifacts.DamagedArtifactError: one of the artefacts cannot be read; nothing is decided.
    """
    challengers = register.filter(register["is_challenger"]).to_pylist()
    if not challengers:
        return None
    (row,), (reigning,) = challengers, register.filter(register["is_current"]).to_pylist()
    challenger = artifacts.load(folder / row["artifact_path"])
    champion = artifacts.load(folder / reigning["serving_path"])
    comparison = compared(tables, challenger, champion, reigning["data_as_of"], progress)
    progress(f"asking {challenger.run_id} for everybody's recommendations")
    broken = violations(recommend(challenger, tables, customer_ids, rules=rules), tables, rules)
    verdict = gate(comparison, guards, broken, demand)
    log = DecisionLog(folder)
    met = f"compared with {champion.run_id} on the same held-out transactions"
    log.append(Action.EVALUATED, challenger.run_id, Author.RETRAIN, (met,))
    log.append(
        Action.PROMOTED if verdict.is_promoted else Action.REJECTED,
        challenger.run_id,
        Author.RETRAIN,
        verdict.reasons,
        compared_run_id=champion.run_id,
        checks=[check.as_json() for check in verdict.checks],
    )
    for reason in verdict.reasons:
        progress(f"{challenger.run_id}: {reason}")
    return verdict


def decisions(folder: Path) -> pa.Table:
    """All that was decided about runs, rows of `DECISIONS_SCHEMA`."""
    rows = [
        {
            "decision_number": number,
            "decided_at": decision.at,
            "action": decision.action.value,
            c.MODEL_RUN: decision.run_id,
            "decided_by": decision.by.value,
            "reason": "; ".join(decision.reasons),
        }
        for number, decision in enumerate(DecisionLog(folder).read(), 1)
    ]
    return pa.Table.from_pylist(rows, DECISIONS_SCHEMA)


def run_states(folder: Path) -> pa.Table:
    """Where each run stands once everything is decided, rows of `STATES_SCHEMA`."""
    rows = [
        {c.MODEL_RUN: run.run_id, "state": run.state.value, "state_since": run.since, "state_reason": run.because}
        for run in runs_after(DecisionLog(folder).read()).by_id.values()
    ]
    return pa.Table.from_pylist(rows, STATES_SCHEMA)


def gate_checks(folder: Path) -> pa.Table:
    """What the gate looked at each time, rows of `gate.CHECKS_SCHEMA`."""
    return pa.concat_tables([CHECKS_SCHEMA.empty_table(), *_checks(folder)])


def _checks(folder: Path) -> Iterable[pa.Table]:
    for decision in DecisionLog(folder).read():
        if "checks" in decision.facts:
            yield checks_table(
                decision.run_id, decision.facts["compared_run_id"], decision.at, decision.facts["checks"]
            )
