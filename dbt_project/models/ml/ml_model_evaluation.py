"""Evaluate the current run on held-out transactions, unless it was evaluated before."""

from dbt.adapters.events.logging import AdapterLogger

from models_py.registry import EVALUATION_SCHEMA, RUNS_SCHEMA, evaluated
from models_py.warehouse import folder_of, read_previous, read_rules, read_table, read_tables


def model(dbt, session):
    """Return the evaluation of every registered run."""
    dbt.config(materialized="table")
    progress = AdapterLogger("Glowhouse").info
    tables = read_tables(
        {
            "visible_purchases": dbt.ref("ftr_visible_purchases"),
            "targets": dbt.ref("ftr_targets"),
            "users": dbt.ref("ftr_users"),
            "buckets": dbt.ref("ftr_buckets"),
            "product_terms": dbt.ref("ftr_product_terms"),
            "dim_products": dbt.ref("dim_products"),
            "products": dbt.ref("ftr_products"),
            "user_products": dbt.ref("ftr_user_products"),
            "user_concerns": dbt.ref("ftr_user_concerns"),
            "user_exclusions": dbt.ref("ftr_user_exclusions"),
            "exclusion_products": dbt.ref("ftr_exclusion_products"),
        }
    )
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    history = read_previous(session, dbt.this, EVALUATION_SCHEMA)
    # Text, since a var of the command line may be.
    with_ablation = str(dbt.config.meta_get("ablation")).lower() == "true"
    rules = read_rules(
        {
            "user_conflicts": dbt.ref("ftr_user_conflicts"),
            "conflict_products": dbt.ref("ftr_conflict_products"),
            "missing_steps": dbt.ref("ftr_user_missing_steps"),
            "steps": dbt.ref("ref_routine_steps"),
            "products": dbt.ref("dim_products"),
            "merchandising": dbt.ref("ftr_merchandising"),
        }
    )
    return evaluated(tables, runs, history, folder_of(session), progress, with_ablation, rules)
