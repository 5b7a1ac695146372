"""Sticky assignment: a salted hash of the customer's id decides the arm, alike in the app, the site and the warehouse.

Nothing is stored and nobody is asked: whoever knows the experiment's salt and shares knows the arm. The SQL twin is the
macro `experiment_draw` with the model `int_experiment_arms`; a test holds the two together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

_DIGITS = 13  # 52 bits, because those a double holds exactly


def hash_fraction(key: str, salt: str) -> float:
    """A number in [0, 1) that depends on nothing but the key and the salt; the macro of this name in Python."""
    digest = hashlib.md5(f"{salt}:{key}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:_DIGITS], 16) / 2.0 ** (4 * _DIGITS)


def draw(customer_id: str, salt: str) -> float:
    """The customer's number in [0, 1) in the experiment with this salt."""
    return hash_fraction(f"{salt}:{customer_id}", "experiment")


@dataclass(frozen=True)
class Arm:
    """One arm: its share of the customers, and the policy that chooses what they are shown."""

    arm: str
    share: Decimal
    is_control: bool
    policy: str


@dataclass(frozen=True)
class Experiment:
    """An experiment and its arms; times are UTC without zone, `ends_at` is the first moment after it.

    Raises:
        ValueError: a name occurs twice, shares are not above 0 or do not sum to 1, or there is not exactly one control.
    """

    experiment_id: str
    salt: str
    starts_at: datetime
    ends_at: datetime
    arms: tuple[Arm, ...]

    def __post_init__(self) -> None:
        names = [arm.arm for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError(f"Experiment {self.experiment_id!r}: arms must differ in name.")
        if any(arm.share <= 0 for arm in self.arms) or sum(arm.share for arm in self.arms) != 1:
            raise ValueError(f"Experiment {self.experiment_id!r}: shares must be above 0 and sum to 1.")
        if sum(arm.is_control for arm in self.arms) != 1:
            raise ValueError(f"Experiment {self.experiment_id!r}: exactly one arm must be the control.")

    def is_running(self, at: datetime) -> bool:
        """Whether the experiment is on at this moment."""
        return self.starts_at <= at < self.ends_at

    def arm_of(self, customer_id: str) -> Arm:
        """The customer's arm, the same for ever."""
        number = draw(customer_id, self.salt)
        upper = Decimal(0)
        ordered = sorted(self.arms, key=lambda arm: arm.arm.encode())
        for arm in ordered:
            upper += arm.share
            if number < float(upper):
                return arm
        return ordered[-1]


def experiments_of(
    experiments: Iterable[Mapping[str, Any]], arms: Iterable[Mapping[str, Any]]
) -> tuple[Experiment, ...]:
    """Build experiments from rows of `ref_experiments` and `ref_experiment_arms`, read from CSV or from a table.

    Raises:
        ValueError: an experiment is not valid; see `Experiment`.
    """
    rows = list(arms)
    return tuple(
        Experiment(
            experiment_id=row["experiment_id"],
            salt=row["salt"],
            starts_at=_time(row["starts_at"]),
            ends_at=_time(row["ends_at"]),
            arms=tuple(_arm(arm) for arm in rows if arm["experiment_id"] == row["experiment_id"]),
        )
        for row in experiments
    )


def _arm(row: Mapping[str, Any]) -> Arm:
    # Through text: a share read as a double is 0.1 and a bit.
    return Arm(row["arm"], Decimal(str(row["share"])), str(row["is_control"]).lower() == "true", row["policy"])


def _time(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
