"""Train, unless nothing changed since a registered run."""

from dbt.adapters.events.logging import AdapterLogger

from models_py.config_file import configured
from models_py.registry import RUNS_SCHEMA, register
from models_py.warehouse import folder_of, read_previous, read_tables


def model(dbt, session):
    """Return the register of runs; the one for today's inputs is current."""
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
    config = configured(
        dbt.config.meta_get("model_config"),
        hybrid={"ranker": dbt.config.meta_get("ranker")},
        recommend={"count": dbt.config.meta_get("recommendations_per_customer")},
    )
    return register(tables, config, read_previous(session, dbt.this, RUNS_SCHEMA), folder_of(session), progress)
