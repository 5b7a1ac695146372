"""Keep what the features looked like when the run that recommends was trained."""

from models_py.monitoring.reference import reference
from models_py.registry import RUNS_SCHEMA
from models_py.warehouse import folder_of, read_table


def model(dbt, session):
    """Return the profile of the current run's training snapshot, taking it if the run has none yet."""
    dbt.config(materialized="table")
    relations = {
        "customers": dbt.ref("ftr_monitored_customers"),
        "products": dbt.ref("ftr_monitored_products"),
        "purchases": dbt.ref("ftr_monitored_purchases"),
        "events": dbt.ref("ftr_monitored_events"),
    }
    entities = {name: read_table(relation, relation.columns) for name, relation in relations.items()}
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    clock = dbt.ref("int_as_of")
    as_of = read_table(clock, ["as_of"])["as_of"][0].as_py()
    return reference(runs, folder_of(session), entities, as_of)
