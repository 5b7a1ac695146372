"""Estimate from logged slots what today's recommendations would have earned."""

from models_py.experiments.off_policy_table import off_policy_table
from models_py.warehouse import read_table


def model(dbt, session):
    """Return one row an experiment, logging arm, policy and estimator."""
    dbt.config(materialized="table")
    slots = dbt.ref("off_policy_slots")
    return off_policy_table(read_table(slots, slots.columns, ["event_id"]))
