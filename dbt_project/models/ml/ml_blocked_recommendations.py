"""Rank once more without hard rules, to keep what they removed."""

from dbt.adapters.events.logging import AdapterLogger

from models_py.blocked import blocked
from models_py.columns import SERVING
from models_py.registry import RUNS_SCHEMA, current_run
from models_py.warehouse import folder_of, read_rules, read_table, read_tables


def model(dbt, session):
    """Return what active customers would have been recommended, had no hard rule kept it from them."""
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
        },
        protocol=SERVING,
    )
    rules = read_rules(
        {
            "user_conflicts": dbt.ref("ftr_user_conflicts"),
            "conflict_products": dbt.ref("ftr_conflict_products"),
            "missing_steps": dbt.ref("ftr_user_missing_steps"),
            "steps": dbt.ref("ref_routine_steps"),
            "products": dbt.ref("dim_products"),
            "merchandising": dbt.ref("ftr_merchandising"),
        },
        protocol=SERVING,
    )
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    active = read_table(dbt.ref("dim_users").filter("is_active"), ["customer_id"])["customer_id"]
    return blocked(current_run(runs, folder_of(session)), tables, rules, active, progress)
