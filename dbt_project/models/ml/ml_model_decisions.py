"""Put a challenger through the gate, if there is one."""

from dbt.adapters.events.logging import AdapterLogger

from models_py.lifecycle.decisions import challenge, decisions
from models_py.lifecycle.gate import GUARDS_SCHEMA
from models_py.registry import RUNS_SCHEMA
from models_py.warehouse import folder_of, read_rules, read_table, read_tables


def model(dbt, session):
    """Return all decisions about runs, the newest last."""
    dbt.config(materialized="table")
    folder = folder_of(session)
    progress = AdapterLogger("Glowhouse").info
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    relations = {
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
    rules = {
        "user_conflicts": dbt.ref("ftr_user_conflicts"),
        "conflict_products": dbt.ref("ftr_conflict_products"),
        "missing_steps": dbt.ref("ftr_user_missing_steps"),
        "steps": dbt.ref("ref_routine_steps"),
        "products": dbt.ref("dim_products"),
        "merchandising": dbt.ref("ftr_merchandising"),
    }
    active = dbt.ref("dim_users").filter("is_active")
    guards = dbt.ref("ref_gate_guards")
    # Where drift demands a new run, the gate asks of it only that it is not worse.
    demands = dbt.ref("retrain_triggers").filter("trigger_id = 'drift' and is_due")
    # Most builds have no challenger and read none of these tables.
    if True in runs["is_challenger"].to_pylist():
        challenge(
            read_tables(relations),
            read_rules(rules),
            read_table(active, ["customer_id"])["customer_id"],
            runs,
            read_table(guards, GUARDS_SCHEMA.names).cast(GUARDS_SCHEMA),
            folder,
            "; ".join(read_table(demands, ["says"])["says"].to_pylist()),
            progress,
        )
    return decisions(folder)
