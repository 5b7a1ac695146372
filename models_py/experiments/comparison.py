"""One arm against the control on one metric: everything that the readouts say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models_py.experiments import contributions, cuped, sequential
from models_py.experiments.contributions import FloatArray
from models_py.experiments.effects import Effect, effect
from models_py.experiments.plan import Metric

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Customers:
    """Outcomes as arrays, one element a customer."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def numbers(self, column: str) -> FloatArray:
        """A column as doubles; yes is 1, no is 0."""
        return np.asarray(self.table[column].cast(pa.float64()).to_numpy(), dtype=np.float64)

    def objects(self, column: str) -> NDArray[Any]:
        """A column of texts or times."""
        return np.asarray(self.table[column].to_numpy())

    def is_in(self, arm: str) -> Rows:
        """Which customers are in the arm."""
        return np.asarray(self.objects("arm") == arm, dtype=bool)


@dataclass(frozen=True)
class Comparison:
    """An effect with its intervals. NaN where there is nothing to say."""

    customers: int
    control_customers: int
    effect: Effect
    sequential_ci_low: float
    sequential_ci_high: float
    sequential_p_value: float
    cuped: Effect
    cuped_variance_reduction: float

    @property
    def groups(self) -> dict[str, float]:
        """Who is compared, and their values, by name of column."""
        return {
            "customers": self.customers,
            "control_customers": self.control_customers,
            "value": self.effect.value,
            "control_value": self.effect.control_value,
        }

    @property
    def intervals(self) -> dict[str, float]:
        """The effect with its intervals, by name of column."""
        return {
            "effect": self.effect.absolute,
            "ci_low": self.effect.ci_low,
            "ci_high": self.effect.ci_high,
            "sequential_ci_low": self.sequential_ci_low,
            "sequential_ci_high": self.sequential_ci_high,
            "sequential_p_value": self.sequential_p_value,
            "cuped_effect": self.cuped.absolute,
            "cuped_ci_low": self.cuped.ci_low,
            "cuped_ci_high": self.cuped.ci_high,
        }


def compare(outcomes: Customers, arm: Rows, control: Rows, metric: Metric, planned_information: float) -> Comparison:
    """Compare two sets of customers on a metric.

    Args:
        outcomes: all customers.
        arm: which of them are the arm's.
        control: which of them are the control's.
        metric: what is compared.
        planned_information: where the sequential interval is to be at its best.
    """
    ours, theirs = _contributions(outcomes, arm, metric), _contributions(outcomes, control, metric)
    found = effect(ours, theirs)
    information = sequential.information(ours.size, theirs.size)
    radius = p_value = np.nan
    if min(ours.size, theirs.size) >= sequential.FEWEST_CUSTOMERS and found.standard_error > 0:
        radius = sequential.radius(found.standard_error, information, planned_information)
        p_value = sequential.p_value(found.absolute, found.standard_error, information, planned_information)
    adjusted, reduction = _with_past(outcomes, arm, control, metric, ours, theirs)
    return Comparison(
        customers=ours.size,
        control_customers=theirs.size,
        effect=found,
        sequential_ci_low=found.absolute - radius,
        sequential_ci_high=found.absolute + radius,
        sequential_p_value=p_value,
        cuped=adjusted,
        cuped_variance_reduction=reduction,
    )


def _contributions(outcomes: Customers, rows: Rows, metric: Metric) -> FloatArray:
    numerator = outcomes.numbers(metric.numerator)[rows]
    if metric.denominator is None:
        return contributions.mean(numerator)
    return contributions.ratio(numerator, outcomes.numbers(metric.denominator)[rows])


def _with_past(
    outcomes: Customers, arm: Rows, control: Rows, metric: Metric, ours: FloatArray, theirs: FloatArray
) -> tuple[Effect, float]:
    """The effect after CUPED, and the share of the variance that the past explains."""
    if metric.covariate is None or not (ours.size and theirs.size):
        return Effect(*(np.nan for _ in range(10))), np.nan
    past = outcomes.numbers(metric.covariate)
    adjusted = effect(*cuped.adjust(ours, theirs, past[arm], past[control]))
    before = effect(ours, theirs).standard_error
    return adjusted, 1.0 - (adjusted.standard_error / before) ** 2 if before > 0 else np.nan
