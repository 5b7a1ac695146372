"""Read from the log of decisions what the gate looked at."""

from models_py.lifecycle.decisions import gate_checks
from models_py.warehouse import folder_of


def model(dbt, session):
    """Return one row a decision of the gate and check."""
    dbt.config(materialized="table")
    # The gate writes the log.
    dbt.ref("ml_model_decisions")
    return gate_checks(folder_of(session))
