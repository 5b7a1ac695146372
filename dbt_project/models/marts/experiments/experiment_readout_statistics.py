"""Compare the arms of every experiment."""

from models_py.experiments.readout import ExperimentTables, readout
from models_py.warehouse import read_table


def model(dbt, session):
    """Return one row an experiment, arm, metric and slice."""
    dbt.config(materialized="table")
    relations = {
        "outcomes": dbt.ref("experiment_outcomes"),
        "exposures": dbt.ref("experiment_exposures"),
        "experiments": dbt.ref("ref_experiments"),
        "arms": dbt.ref("int_experiment_arms"),
        "experiment_metrics": dbt.ref("ref_experiment_metrics"),
        "metrics": dbt.ref("ref_metrics"),
        "clock": dbt.ref("int_as_of"),
    }
    return readout(ExperimentTables(**{name: read_table(table, table.columns) for name, table in relations.items()}))
