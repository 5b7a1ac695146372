"""Off-policy estimates of the click-through rate, from the warehouse's logged slots."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from models_py.experiments.off_policy import OffPolicyEstimate, estimates

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("experiment_id", "logging_arm", "policy", "estimator", "metric")]
    + [("slots", pa.int64()), ("customers", pa.int64())]
    + [
        (name, pa.float64())
        for name in (
            "value", "standard_error", "ci_low", "ci_high", "effective_sample_size", "mean_weight", "largest_weight",
        )
    ]
    + [("is_learned_from_log", pa.bool_()), ("is_simulated", pa.bool_())]
)  # fmt: skip


def off_policy_table(slots: pa.Table) -> pa.Table:
    """Estimate clicks a slot under each policy from what each arm of each experiment logged.

    `without_exploration` shows what the logging policy shows most of the time, and needs nothing but the log: what is
    shown with more than an even chance is its choice. `recommended_now` is today's recommendations, place by place.
    They were learned from data that hold the logged clicks, and whatever was bought is not recommended again, so their
    estimate is biased downwards; it says how far the log reaches, not what they are worth.

    Args:
        slots: off_policy_slots.
    """
    columns = {name: np.asarray(slots[name].to_numpy()) for name in slots.column_names}
    groups = sorted(set(zip(columns["experiment_id"], columns["arm"], strict=True)))
    rows: list[dict[str, Any]] = []
    for experiment_id, arm in groups:
        members = (columns["experiment_id"] == experiment_id) & (columns["arm"] == arm)
        propensities = columns["propensity"][members].astype(float)
        chances = {
            "as_logged": propensities,
            "without_exploration": (propensities > 0.5).astype(float),
            "recommended_now": columns["is_recommended_now"][members].astype(float),
        }
        for policy, probabilities in chances.items():
            found = estimates(
                columns["is_clicked"][members].astype(float),
                propensities,
                probabilities,
                columns["customer_id"][members].astype(str),
            )
            mark = {
                "experiment_id": experiment_id,
                "logging_arm": arm,
                "policy": policy,
                "metric": "click_through_rate",
                "is_learned_from_log": policy == "recommended_now",
                "is_simulated": bool(columns["is_simulated"][members].any()),
            }
            rows.extend(mark | _numbers(estimate) for estimate in found)
    return pa.table(
        {
            field.name: pa.array([row[field.name] for row in rows], field.type, from_pandas=True)
            for field in SCHEMA
        },
        schema=SCHEMA,
    )  # fmt: skip


def _numbers(estimate: OffPolicyEstimate) -> dict[str, Any]:
    return {
        "estimator": estimate.estimator,
        "slots": estimate.slots,
        "customers": estimate.customers,
        "value": estimate.value,
        "standard_error": estimate.standard_error,
        "ci_low": estimate.ci_low,
        "ci_high": estimate.ci_high,
        "effective_sample_size": estimate.effective_sample_size,
        "mean_weight": estimate.mean_weight,
        "largest_weight": estimate.largest_weight,
    }
