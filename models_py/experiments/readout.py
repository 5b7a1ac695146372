"""The readout of all experiments: every metric, arm against control, for everybody and by slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py.experiments import power, sample_ratio
from models_py.experiments.comparison import Comparison, Customers, Rows, compare
from models_py.experiments.multiplicity import holm
from models_py.experiments.plan import ExperimentTables, Metric, Plan, plans

__all__ = ["SCHEMA", "ExperimentTables", "readout"]

ALL = "all"
#: Columns of the outcomes that customers are sliced by, and whether they were settled before the assignment.
SLICES = {"skin_type": True, "first_reason_code": False}
_NUMBERS = (
    "value", "control_value", "effect", "ci_low", "ci_high", "relative_effect", "relative_ci_low", "relative_ci_high",
    "p_value", "p_value_adjusted", "sequential_ci_low", "sequential_ci_high", "sequential_p_value", "cuped_effect",
    "cuped_ci_low", "cuped_ci_high", "cuped_p_value", "cuped_variance_reduction", "power", "customers_needed",
    "days_still_needed", "sample_ratio_p_value",
)  # fmt: skip
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("experiment_id", "arm", "control_arm", "metric", "role", "slice_kind", "slice")]
    + [(name, pa.int64()) for name in ("customers", "control_customers", "excluded_customers")]
    + [(name, pa.float64()) for name in _NUMBERS]
    + [("verdict", pa.string()), ("is_simulated", pa.bool_())]
)


@dataclass(frozen=True)
class _Experiment:
    """One experiment's plan and what came of it so far."""

    plan: Plan
    complete: Customers
    customers_a_day: float
    excluded_customers: int
    sample_ratio_p_value: float
    is_simulated: bool

    @property
    def is_mismatched(self) -> bool:
        return self.sample_ratio_p_value < sample_ratio.ALPHA


def readout(tables: ExperimentTables) -> pa.Table:
    """Compare the arms of every experiment in which anybody was exposed.

    Only customers whose window has closed are compared, each once; that is what the sequential interval needs, and what
    keeps a day that is half over from looking like a bad one. P-values are adjusted (Holm) over the metrics and arms of
    one experiment and kind of slice. Slices that the arm itself decides, such as the reason that was shown first, get
    values and no effect: their customers differ for more reasons than the arm.

    Raises:
        ValueError: a metric names a column that the outcomes do not have.
    """
    rows = [row for plan in plans(tables) for row in _rows(plan, tables)]
    columns = {name: [row[name] for row in rows] for name in SCHEMA.names}
    return pa.table(
        {name: pa.array(values, SCHEMA.field(name).type, from_pandas=True) for name, values in columns.items()},
        schema=SCHEMA,
    )


def _rows(plan: Plan, tables: ExperimentTables) -> list[dict[str, Any]]:
    def mine(table: pa.Table) -> pa.Table:
        return table.filter(pc.equal(table["experiment_id"], plan.experiment_id))

    exposures, outcomes = mine(tables.exposures), mine(tables.outcomes)
    if exposures.num_rows == 0:
        return []
    seen = exposures["arm"].to_pylist()
    arms = sorted(plan.shares)
    excluded = exposures.filter(pc.invert(exposures["is_analysed"]))
    experiment = _Experiment(
        plan=plan,
        complete=Customers(outcomes.filter(outcomes["is_complete"])),
        customers_a_day=outcomes.num_rows / max(plan.days_run(tables.as_of), 1.0),
        excluded_customers=len(excluded["customer_id"].unique()),
        sample_ratio_p_value=sample_ratio.p_value([seen.count(a) for a in arms], [plan.shares[a] for a in arms]),
        is_simulated=bool(pc.any(exposures["is_simulated"]).as_py()),
    )
    rows = []
    for kind, slices in _slices(experiment.complete):
        of_kind = [
            _row(experiment, arm, metric, kind, name, members)
            for arm in plan.treatments
            for metric in plan.metrics
            for name, members in slices
        ]
        for row, adjusted in zip(of_kind, holm([row["p_value"] for row in of_kind]), strict=True):
            rows.append(row | {"p_value_adjusted": adjusted})
    return rows


def _slices(customers: Customers) -> Iterator[tuple[str, list[tuple[str, Rows]]]]:
    yield ALL, [(ALL, np.ones(len(customers), dtype=bool))]
    for column in SLICES:
        values = customers.objects(column)
        names = sorted({value for value in values if value is not None})
        yield column, [(name, np.asarray(values == name, dtype=bool)) for name in names]


def _row(experiment: _Experiment, arm: str, metric: Metric, kind: str, name: str, members: Rows) -> dict[str, Any]:
    plan, customers = experiment.plan, experiment.complete
    found = compare(
        customers,
        members & customers.is_in(arm),
        members & customers.is_in(plan.control),
        metric,
        plan.planned_information(arm),
    )
    row = {
        "experiment_id": plan.experiment_id,
        "arm": arm,
        "control_arm": plan.control,
        "metric": metric.metric,
        "role": metric.role,
        "slice_kind": kind,
        "slice": name,
        "excluded_customers": experiment.excluded_customers,
        "sample_ratio_p_value": experiment.sample_ratio_p_value,
        "is_simulated": experiment.is_simulated,
    } | found.groups
    if not SLICES.get(kind, True):
        return dict.fromkeys(_NUMBERS, np.nan) | row | {"verdict": "not_comparable"}
    return row | _numbers(found, experiment) | {"verdict": _verdict(found, metric, experiment.is_mismatched)}


def _numbers(found: Comparison, experiment: _Experiment) -> dict[str, float]:
    effect, sizes = found.effect, (found.customers, found.control_customers)
    smallest = experiment.plan.smallest_relative_effect * abs(effect.control_value)
    needed = power.customers_needed(effect.standard_error, *sizes, smallest)
    return found.intervals | {
        "relative_effect": effect.relative,
        "relative_ci_low": effect.relative_ci_low,
        "relative_ci_high": effect.relative_ci_high,
        "p_value": effect.p_value,
        "cuped_p_value": found.cuped.p_value,
        "cuped_variance_reduction": found.cuped_variance_reduction,
        "power": power.achieved_power(effect.standard_error, *sizes, smallest),
        "customers_needed": needed,
        "days_still_needed": power.days_still_needed(needed, sum(sizes), experiment.customers_a_day),
    }


def _verdict(found: Comparison, metric: Metric, is_mismatched: bool) -> str:
    """What may be said today, and tomorrow again: by the sequential interval, and never with lopsided arms."""
    if is_mismatched:
        return "sample_ratio_mismatch"
    if found.sequential_ci_low > 0 or found.sequential_ci_high < 0:
        return "better" if (found.sequential_ci_low > 0) == metric.is_higher_better else "worse"
    return "undecided"
