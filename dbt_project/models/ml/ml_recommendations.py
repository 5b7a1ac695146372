"""Recommend with the current run."""

from dbt.adapters.events.logging import AdapterLogger

from models_py.columns import SERVING
from models_py.reasons import Wording
from models_py.recommend import recommend
from models_py.registry import RUNS_SCHEMA, current_run
from models_py.warehouse import folder_of, read_rules, read_table, read_tables


def model(dbt, session):
    """Return k recommendations for every active customer, with scores and reasons."""
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
        # The evaluation's snapshots are most of the rows, and nothing here looks at them.
        protocol=SERVING,
    )
    runs = read_table(dbt.ref("ml_model_runs"), RUNS_SCHEMA.names).cast(RUNS_SCHEMA)
    # Customers who closed their account taught the model, but get nothing any more.
    active = read_table(dbt.ref("dim_users").filter("is_active"), ["customer_id"])["customer_id"]
    codes = read_table(dbt.ref("ref_reason_codes"), ["reason_code", "template", "need_template"]).to_pylist()
    wording = {code["reason_code"]: Wording(code["template"], code["need_template"] or "") for code in codes}
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
    return recommend(current_run(runs, folder_of(session)), tables, active, wording, progress, rules)
