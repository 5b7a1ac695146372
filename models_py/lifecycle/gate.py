"""The gate: may a challenger take the champion's place? A pure function of what was measured.

Promoted is who breaks no rule, whose artefact keeps what its evaluation promises, and who

- is worse by more than the margin on no guarded slice: the lower end of the interval of the paired difference lies
  above minus the margin, a share of the champion's value (a test of non-inferiority); slices of too few customers
  cannot be judged and do not count;
- is better overall: that lower end lies above 0. Where drift demands a new run, the champion's model is known to be
  of another world, and being no worse is enough.

Where nobody can be asked, nothing is shown, and nobody is promoted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

import pyarrow as pa

from models_py import columns as c
from models_py.evaluation.slices import ALL
from models_py.lifecycle.comparison import Comparison

#: What "better overall" is measured by.
HEADLINE: Final = "ndcg@10"

NO_VIOLATIONS: Final = "no_violations"
KEEPS_WORD: Final = "artifact_keeps_its_word"
NOT_WORSE: Final = "not_worse"
BETTER: Final = "better_overall"

GUARDS_SCHEMA = pa.schema(
    [
        ("guard_id", pa.string()),
        ("metric", pa.string()),
        ("slice", pa.string()),
        ("relative_margin", pa.float64()),
        ("fewest_customers", pa.int64()),
    ]
)
CHECKS_SCHEMA = pa.schema(
    [
        (c.MODEL_RUN, pa.string()),
        ("compared_run_id", pa.string()),
        ("decided_at", pa.timestamp("us")),
        ("check_id", pa.string()),
        ("metric", pa.string()),
        ("slice", pa.string()),
        ("customers", pa.int64()),
        ("value", pa.float64()),
        ("compared_value", pa.float64()),
        ("difference", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("margin", pa.float64()),
        ("is_passed", pa.bool_()),
        ("says", pa.string()),
    ]
)


@dataclass(frozen=True)
class Check:
    """One thing that the gate looked at; numbers are None where they mean nothing."""

    check_id: str
    is_passed: bool
    says: str
    metric: str | None = None
    slice: str | None = None
    customers: int | None = None
    value: float | None = None
    compared_value: float | None = None
    difference: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    margin: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class Verdict:
    """What the gate says.

    Attributes:
        reasons: in words; the first one sums it up.
    """

    is_promoted: bool
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]


def gate(comparison: Comparison, guards: pa.Table, violations: int, demand: str = "") -> Verdict:
    """Decide.

    Args:
        comparison: of the challenger with the champion, and with its own artefact.
        guards: rows of `GUARDS_SCHEMA`; `slice` may hold wildcards.
        violations: products that the challenger would show although a rule forbids it.
        demand: the drift that demands a new run, in words; empty if none does.
    """
    rows = comparison.with_champion.sort_by([("slice", "ascending"), ("metric", "ascending")]).to_pylist()
    kept = _kept(comparison.with_itself.to_pylist())
    checks = (_unbroken(violations), *kept, *_guarded(rows, guards.to_pylist()), _better(rows))
    better = checks[-1]
    broken = [check.says for check in checks[:-1] if not check.is_passed]
    if broken:
        return Verdict(False, (f"rejected: {broken[0]}", *broken[1:], better.says), checks)
    if better.is_passed:
        return Verdict(True, (f"promoted: {better.says}; {_nowhere_worse(checks)}",), checks)
    if demand and better.customers:
        summary = f"promoted: drift demands a new run ({demand}), and {_nowhere_worse(checks)}"
        return Verdict(True, (summary, better.says), checks)
    return Verdict(False, (f"rejected: {better.says}",), checks)


def checks_table(run_id: str, compared_run_id: str, decided_at: Any, checks: Sequence[dict[str, Any]]) -> pa.Table:
    """Checks as rows of `CHECKS_SCHEMA`."""
    told = {c.MODEL_RUN: run_id, "compared_run_id": compared_run_id, "decided_at": decided_at}
    return pa.Table.from_pylist([{**check, **told} for check in checks], CHECKS_SCHEMA)


def _unbroken(violations: int) -> Check:
    says = f"{violations} recommendations break a rule" if violations else "no recommendation breaks a rule"
    return Check(NO_VIOLATIONS, violations == 0, says, value=float(violations))


def _kept(rows: Sequence[dict[str, Any]]) -> Iterator[Check]:
    for row in rows:
        if row["metric"] == HEADLINE:
            is_kept = row["ci_high"] >= 0
            verb = "keeps" if is_kept else "does not keep"
            yield _check(
                KEEPS_WORD, row, is_kept, f"the artefact {verb} what its evaluation says ({_difference(row)})", 0.0
            )


def _guarded(rows: Sequence[dict[str, Any]], guards: Sequence[dict[str, Any]]) -> Iterator[Check]:
    for guard in guards:
        for row in rows:
            if row["metric"] == guard["metric"] and fnmatchcase(row["slice"], guard["slice"]):
                yield _not_worse(row, guard["relative_margin"] * row["compared_value"], guard["fewest_customers"])


def _not_worse(row: dict[str, Any], margin: float, fewest: int) -> Check:
    if row["users"] < fewest:
        says = f"{_named(row)}: {row['users']} customers are too few to judge ({fewest} are needed)"
        return _check(NOT_WORSE, row, True, says, margin)
    is_passed = row["ci_low"] > -margin
    verb = "not worse by more than" if is_passed else "may be worse by more than"
    return _check(NOT_WORSE, row, is_passed, f"{_named(row)}: {verb} {margin:.4f} ({_difference(row)})", margin)


def _better(rows: Sequence[dict[str, Any]]) -> Check:
    for row in rows:
        if row["slice"] == ALL and row["metric"] == HEADLINE:
            is_better = row["ci_low"] > 0
            figures = f"{_named(row)} {row['value']:.4f} against {row['compared_value']:.4f} ({_difference(row)})"
            says = figures if is_better else f"not shown to be better: {figures}"
            return _check(BETTER, row, is_better, says, 0.0)
    return Check(BETTER, False, "not shown to be better: no customer could be asked", HEADLINE, ALL, 0)


def _nowhere_worse(checks: Sequence[Check]) -> str:
    guarded = sum(check.check_id == NOT_WORSE for check in checks)
    return f"it is not worse beyond the margin on any of {guarded} guarded slices"


def _check(check_id: str, row: dict[str, Any], is_passed: bool, says: str, margin: float) -> Check:
    return Check(
        check_id, is_passed, says, row["metric"], row["slice"], row["users"], row["value"], row["compared_value"],
        row["difference"], row["ci_low"], row["ci_high"], margin,
    )  # fmt: skip


def _named(row: dict[str, Any]) -> str:
    return f"{row['metric']} of {'all customers' if row['slice'] == ALL else row['slice']}"


def _difference(row: dict[str, Any]) -> str:
    return f"{row['difference']:+.4f}, interval {row['ci_low']:+.4f} to {row['ci_high']:+.4f}, {row['users']} customers"
