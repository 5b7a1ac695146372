"""The readout as it stood on each day: what somebody who looks daily has seen so far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models_py.experiments.comparison import Customers, compare
from models_py.experiments.plan import ExperimentTables, Plan, plans

_NUMBERS = (
    "value", "control_value", "effect", "ci_low", "ci_high", "sequential_ci_low", "sequential_ci_high",
    "sequential_p_value", "cuped_effect", "cuped_ci_low", "cuped_ci_high",
)  # fmt: skip
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("experiment_id", "arm", "control_arm", "metric", "role")]
    + [("readout_date", pa.date32()), ("customers", pa.int64()), ("control_customers", pa.int64())]
    + [(name, pa.float64()) for name in _NUMBERS]
    + [("is_simulated", pa.bool_())]
)
_DAY = np.timedelta64(1, "D")


def daily(tables: ExperimentTables) -> pa.Table:
    """Compare arm and control on each day with the customers whose window had closed by its end.

    Days run from the first on which both arms have two such customers until the warehouse's clock, or until the last
    window has closed.

    Raises:
        ValueError: a metric names a column that the outcomes do not have.
    """
    rows = [row for plan in plans(tables) for row in _rows(plan, tables.outcomes)]
    columns = {name: [row[name] for row in rows] for name in SCHEMA.names}
    return pa.table(
        {name: pa.array(values, SCHEMA.field(name).type, from_pandas=True) for name, values in columns.items()},
        schema=SCHEMA,
    )


def _rows(plan: Plan, outcomes: pa.Table) -> list[dict[str, Any]]:
    complete = pc.and_(pc.equal(outcomes["experiment_id"], plan.experiment_id), outcomes["is_complete"])
    customers = Customers(outcomes.filter(complete))
    if not len(customers):
        return []
    ended = customers.objects("outcome_ends_at").astype("datetime64[D]")
    is_simulated = bool(pc.any(customers.table["is_simulated"]).as_py())
    control = customers.is_in(plan.control)
    rows = []
    for day in np.arange(ended.min(), ended.max() + _DAY):
        closed = ended <= day
        for arm in plan.treatments:
            ours, theirs = closed & customers.is_in(arm), closed & control
            if min(ours.sum(), theirs.sum()) < 2:
                continue
            for metric in plan.metrics:
                found = compare(customers, ours, theirs, metric, plan.planned_information(arm))
                row = {
                    "experiment_id": plan.experiment_id,
                    "arm": arm,
                    "control_arm": plan.control,
                    "metric": metric.metric,
                    "role": metric.role,
                    "readout_date": day.item(),
                    "is_simulated": is_simulated,
                }
                rows.append(row | found.groups | found.intervals)
    return rows
