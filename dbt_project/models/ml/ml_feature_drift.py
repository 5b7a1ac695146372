"""Compare today's features with those that the run that recommends was trained on."""

from models_py.monitoring.reference import drift_from
from models_py.warehouse import read_table


def model(dbt, session):
    """Return one row a feature and aspect."""
    dbt.config(materialized="table")
    relations = {
        "customers": dbt.ref("ftr_monitored_customers"),
        "products": dbt.ref("ftr_monitored_products"),
        "purchases": dbt.ref("ftr_monitored_purchases"),
        "events": dbt.ref("ftr_monitored_events"),
    }
    entities = {name: read_table(relation, relation.columns) for name, relation in relations.items()}
    profiles = dbt.ref("ml_feature_profiles")
    return drift_from(read_table(profiles, profiles.columns), entities)
