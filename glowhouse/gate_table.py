"""What the gate looked at, as a table for the terminal; `model_gate_checks` has the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from models_py.lifecycle.gate import BETTER, KEEPS_WORD, NO_VIOLATIONS, NOT_WORSE
from models_py.lifecycle.states import Decision

_ASKED: Final = {
    NO_VIOLATIONS: "breaks no rule",
    KEEPS_WORD: "artefact as evaluated",
    NOT_WORSE: "no worse than champion",
    BETTER: "better than champion",
}


def gate_table(verdict: Decision) -> Table:
    """What the challenger scored, against what, and how low the 95 % interval of the difference may begin.

    Args:
        verdict: a decision of the gate; its facts hold the checks as `gate.Check.as_json` writes them.
    """
    title = f"challenger {verdict.run_id}\nchampion   {verdict.facts['compared_run_id']}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("held-out purchases", ratio=1)
    for name in ("asked", "scores", "against", "difference", "least", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for check_id, checks in groupby(verdict.facts["checks"], lambda check: check["check_id"]):
        table.add_row(Text(_ASKED[check_id], "bold"))
        for check in checks:
            table.add_row(*_figures(check), _outcome(check))
    return table


def _outcome(check: Mapping[str, Any]) -> Text:
    if not check["is_passed"]:
        return Text("no", "red")
    # The gate lets pass what it cannot judge.
    too_few = check["check_id"] == NOT_WORSE and check["ci_low"] <= -check["margin"]
    return Text("few", "yellow") if too_few else Text("yes", "green")


def _figures(check: Mapping[str, Any]) -> tuple[str, ...]:
    if check["ci_low"] is None:
        return (f" {check['says']}", *[""] * 5)
    return (
        f" {check['metric']} {check['slice'].replace('_', ' ')}",
        f"{check['customers']:,}",
        f"{check['value']:.4f}",
        f"{check['compared_value']:.4f}",
        f"{check['ci_low']:+.4f} {check['ci_high']:+.4f}",
        # An artefact does not keep its word if the whole interval lies below 0.
        "" if check["check_id"] == KEEPS_WORD else f"{-check['margin'] or 0:+.4f}",
    )
