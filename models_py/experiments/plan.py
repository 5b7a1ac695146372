"""What was written down before an experiment began: arms, metrics, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from models_py.experiments import sequential


@dataclass(frozen=True)
class ExperimentTables:
    """The warehouse's tables of experiments, by the names of the dbt models that they come from.

    `outcomes` is experiment_outcomes, `exposures` experiment_exposures, `experiments` ref_experiments, `arms`
    int_experiment_arms, `experiment_metrics` and `metrics` the seeds of these names, `clock` int_as_of (one row).
    """

    outcomes: pa.Table
    exposures: pa.Table
    experiments: pa.Table
    arms: pa.Table
    experiment_metrics: pa.Table
    metrics: pa.Table
    clock: pa.Table

    @property
    def as_of(self) -> datetime:
        """The warehouse's clock."""
        moment: datetime = self.clock["as_of"][0].as_py()
        return moment


@dataclass(frozen=True)
class Metric:
    """A mean per customer of one column of the outcomes, or a ratio of two columns' sums."""

    metric: str
    role: str
    numerator: str
    denominator: str | None
    covariate: str | None
    is_higher_better: bool


@dataclass(frozen=True)
class Plan:
    """One experiment. `shares` is by arm, the control included."""

    experiment_id: str
    starts_at: datetime
    ends_at: datetime
    planned_customers: int
    smallest_relative_effect: float
    control: str
    shares: dict[str, float]
    metrics: tuple[Metric, ...]

    @property
    def treatments(self) -> tuple[str, ...]:
        """The arms that are compared with the control, by name."""
        return tuple(sorted(arm for arm in self.shares if arm != self.control))

    def planned_information(self, arm: str) -> float:
        """The evidence at which the sequential interval of this arm is to be at its best."""
        return sequential.information(
            self.planned_customers * self.shares[arm], self.planned_customers * self.shares[self.control]
        )

    def days_run(self, as_of: datetime) -> float:
        """Days that the experiment has run."""
        return (min(as_of, self.ends_at) - self.starts_at).total_seconds() / 86_400


def plans(tables: ExperimentTables) -> tuple[Plan, ...]:
    """Read the plans of all experiments, sorted by id.

    Raises:
        ValueError: a metric names a column that the outcomes do not have.
    """
    definitions = {row["metric"]: row for row in tables.metrics.to_pylist()}
    for row in definitions.values():
        for part in ("numerator", "denominator", "covariate"):
            if row[part] and row[part] not in tables.outcomes.column_names:
                raise ValueError(f"Metric {row['metric']!r}: experiment_outcomes has no column {row[part]!r} ({part}).")
    experiments = sorted(tables.experiments.to_pylist(), key=lambda row: str(row["experiment_id"]))
    return tuple(_plan(row, tables, definitions) for row in experiments)


def _plan(row: dict[str, Any], tables: ExperimentTables, definitions: dict[str, dict[str, Any]]) -> Plan:
    def mine(table: pa.Table) -> list[dict[str, Any]]:
        return [one for one in table.to_pylist() if one["experiment_id"] == row["experiment_id"]]

    arms = mine(tables.arms)
    chosen = sorted(mine(tables.experiment_metrics), key=lambda one: str(one["metric"]))
    return Plan(
        experiment_id=row["experiment_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        planned_customers=row["planned_customers"],
        smallest_relative_effect=row["smallest_relative_effect"],
        control=next(arm["arm"] for arm in arms if arm["is_control"]),
        shares={arm["arm"]: arm["share"] for arm in arms},
        metrics=tuple(_metric(definitions[one["metric"]], one["role"]) for one in chosen),
    )


def _metric(row: dict[str, Any], role: str) -> Metric:
    return Metric(
        metric=row["metric"],
        role=role,
        numerator=row["numerator"],
        denominator=row["denominator"] or None,
        covariate=row["covariate"] or None,
        is_higher_better=row["is_higher_better"],
    )
