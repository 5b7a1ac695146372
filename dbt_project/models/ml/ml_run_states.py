"""Read from the log of decisions where each run stands."""

from models_py.lifecycle.decisions import run_states
from models_py.warehouse import folder_of


def model(dbt, session):
    """Return one row a run."""
    dbt.config(materialized="table")
    # The gate writes the log: what it decides in this build counts.
    dbt.ref("ml_model_decisions")
    return run_states(folder_of(session))
