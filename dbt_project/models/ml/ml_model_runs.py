"""Bring the champion up to date; train a run only if there is none, or if a challenger is wanted."""

from dbt.adapters.events.logging import AdapterLogger

from glowhouse.release_archive import released_models
from models_py.config_file import configured
from models_py.registry import register
from models_py.warehouse import folder_of, read_tables


def model(dbt, session):
    """Return the register of runs; the champion is current."""
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
    wants_challenger = str(dbt.config.meta_get("retrain")).lower() == "true"
    folder = folder_of(session)
    # Where an artefact was lost, a release may have a copy of it.
    return register(tables, config, folder, progress, wants_challenger, released_models(folder))
