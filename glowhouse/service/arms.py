"""Which list a customer is to see: the arm of the experiment that is running, if one is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from glowhouse.serving import Serving
from models_py.experiments.assignment import Arm, Experiment, experiments_of

logger = logging.getLogger(__name__)
MODEL, MOST_POPULAR = "model", "most_popular"


@dataclass(frozen=True)
class Assignment:
    """A customer's arm in an experiment."""

    experiment_id: str
    arm: Arm


def experiments_in(serving: Serving) -> tuple[Experiment, ...]:
    """The experiments of a release that the service can carry out, in the order in which they begin."""
    if not serving.has_table("experiments"):
        return ()
    planned = experiments_of(
        serving.records("select * from experiments"), serving.records("select * from experiment_arms")
    )
    feasible = []
    for experiment in sorted(planned, key=lambda one: (one.starts_at, one.experiment_id)):
        unknown = {arm.policy for arm in experiment.arms} - {MODEL, MOST_POPULAR}
        if unknown:
            logger.warning("Experiment %s is left out: no policy %s.", experiment.experiment_id, ", ".join(unknown))
        else:
            feasible.append(experiment)
    return tuple(feasible)


def assignment(customer_id: str, experiments: Sequence[Experiment], now: datetime) -> Assignment | None:
    """The customer's arm in the experiment that is running; of several the one that began first, for a list is one."""
    running = next((experiment for experiment in experiments if experiment.is_running(now)), None)
    return Assignment(running.experiment_id, running.arm_of(customer_id)) if running else None
