"""Read what the evaluation left beside the artefacts: the results of single customers."""

from models_py.registry import RUNS_SCHEMA, evaluated_users
from models_py.warehouse import folder_of, read_table


def model(dbt, session):
    """Return the results of the current run and of the one before."""
    dbt.config(materialized="table")
    # The evaluation writes the files.
    dbt.ref("ml_model_evaluation")
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    return evaluated_users(runs, folder_of(session))
