"""Release the marts to the serving store: the last node, reached only when every test above it passed."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from glowhouse.model_package import Package
from glowhouse.release import publish
from models_py.columns import SERVING
from models_py.lifecycle.champion import check_champion
from models_py.registry import current_artifact
from models_py.warehouse import folder_of, read_previous, read_rules, read_table, read_tables

PRODUCT_COLUMNS = [
    "product_id", "product_name", "brand", "category_path", "routine_step", "price_eur", "is_in_stock",
    "average_rating",
]  # fmt: skip
EXCLUSION = ["exclusion_kind", "exclusion_id"]
EVIDENCE = ["evidence_source", "evidence_text", "excluded_at"]
HISTORY = pa.schema(
    [
        ("release_id", pa.string()),
        ("model_run_id", pa.string()),
        ("published_at", pa.timestamp("us")),
        ("generated_at", pa.timestamp("us")),
        ("customers", pa.int64()),
        ("recommendations", pa.int64()),
        ("rejected_rows", pa.int64()),
    ]
)


def model(dbt, session):
    """Return the log of releases, the newest last."""
    dbt.config(materialized="table")
    recommendations = read_table(
        dbt.ref("recommendations"), dbt.ref("recommendations").columns, ["customer_id", "rank"]
    )
    runs = dbt.ref("model_runs")
    evaluation = dbt.ref("model_evaluation")
    comparisons = dbt.ref("model_comparisons")
    blocked = dbt.ref("blocked_recommendations")
    ledger = dbt.ref("quality_ledger")
    tables = {
        "recommendations": recommendations,
        "products": read_table(dbt.ref("dim_products"), PRODUCT_COLUMNS, ["product_id"]),
        "model_runs": read_table(runs, runs.columns, ["trained_at", "model_run_id"]),
        "model_evaluation": read_table(evaluation, evaluation.columns, evaluation.columns[:6]),
        "model_comparisons": read_table(comparisons, comparisons.columns, comparisons.columns[:7]),
        "blocked_recommendations": read_table(blocked, blocked.columns, blocked.columns),
        "quality_ledger": read_table(ledger, ledger.columns, ledger.columns[:2]),
    }
    # BI reads how experiments stand; app and site read which arm a customer is in. With the length of each key.
    experiments = {
        "experiments": (dbt.ref("ref_experiments"), 1),
        "experiment_arms": (dbt.ref("ref_experiment_arms"), 2),
        "experiment_readout": (dbt.ref("experiment_readout"), 7),
        "experiment_readout_daily": (dbt.ref("experiment_readout_daily"), 6),
        "off_policy_estimates": (dbt.ref("off_policy_estimates"), 4),
    }
    lifecycle = {
        "model_decisions": (dbt.ref("model_decisions"), 1),
        "model_gate_checks": (dbt.ref("model_gate_checks"), 6),
        "retrain_triggers": (dbt.ref("retrain_triggers"), 1),
    }
    monitoring = {
        "monitoring_daily": (dbt.ref("monitoring_daily"), 3),
        "feature_drift": (dbt.ref("feature_drift"), 5),
        "release_repetition": (dbt.ref("release_repetition"), 3),
        "monitoring_alerts": (dbt.ref("monitoring_alerts"), 4),
        "monitoring_thresholds": (dbt.ref("ref_monitoring_thresholds"), 1),
    }
    for name, (relation, key) in (experiments | lifecycle | monitoring).items():
        tables[name] = read_table(relation, relation.columns, relation.columns[:key])
    # Nothing of it is released. But a test stops only what comes after all that it reads, and the one that looks for
    # these identifiers has to stop this node.
    dbt.ref("int_known_identifiers")
    folder = folder_of(session)
    package = _package(dbt, current_artifact(tables["model_runs"], folder))
    check_champion(folder, recommendations["model_run_id"][0].as_py())
    release = publish(tables, folder, package, int(dbt.config.meta_get("kept")))
    row = {
        "release_id": [release.release_id],
        "model_run_id": recommendations["model_run_id"][:1].to_pylist(),
        "published_at": [datetime.now(UTC).replace(tzinfo=None)],
        "generated_at": recommendations["generated_at"][:1].to_pylist(),
        "customers": [len(recommendations["customer_id"].unique())],
        "recommendations": [release.recommendations],
        "rejected_rows": [pc.sum(tables["quality_ledger"]["rejected_rows"]).as_py()],
    }
    return pa.concat_tables(
        [
            read_previous(session, dbt.this, HISTORY),
            pa.table(row, schema=HISTORY),
        ]
    )


def _package(dbt, artifact):
    """The model of the release: what the model knows of everybody as of serving, and what words mean to it."""
    inputs = read_tables(
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
    evidence = dbt.ref("ftr_user_exclusions").filter(f"protocol = '{SERVING}'")
    unlisted = dbt.ref("dim_products").filter("not has_ingredient_list")
    return Package(
        {
            **vars(inputs),
            **{f"rule_{name}": rows for name, rows in vars(rules).items()},
            "conflicts": read_table(dbt.ref("ref_ingredient_conflicts"), ["conflict_id", "severity", "reason"]),
            "exclusion_contents": read_table(dbt.ref("ftr_exclusion_contents"), [*EXCLUSION, "product_id"]),
            "unlisted_products": read_table(unlisted, ["product_id"]),
            "exclusion_words": read_table(dbt.ref("bridge_exclusion_words"), ["word", *EXCLUSION]),
            "exclusion_evidence": read_table(evidence, ["customer_id", *EXCLUSION, *EVIDENCE]),
            "profile_words": read_table(dbt.ref("ftr_profile_words"), ["word_kind", "word", "meaning_id"]),
            "age_bands": read_table(dbt.ref("ref_age_bands"), ["age_band", "min_age", "max_age"]),
            "reason_codes": read_table(dbt.ref("ref_reason_codes"), ["reason_code", "template", "need_template"]),
        },
        artifact,
    )
