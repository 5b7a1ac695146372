"""Compare the current run's hybrid with its baselines, its parts and the run before, customer by customer."""

from models_py.registry import EVALUATION_USERS_SCHEMA, RUNS_SCHEMA, compared
from models_py.warehouse import read_table


def model(dbt, session):
    """Return one row a protocol, split, metric and rival."""
    dbt.config(materialized="table")
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    return compared(runs, read_table(dbt.ref("ml_model_evaluation_users"), EVALUATION_USERS_SCHEMA.names))
