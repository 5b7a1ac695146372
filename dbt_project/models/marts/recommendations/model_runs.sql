with runs as (

    select * from {{ ref('ml_model_runs') }}

),

final as (

    select
        cast(model_run_id as varchar) as model_run_id,
        cast(is_current as boolean) as is_current,
        cast(is_previous as boolean) as is_previous,
        cast(trained_at as timestamp) as trained_at,
        cast(train_seconds as double) as train_seconds,
        cast(fingerprint as varchar) as fingerprint,
        cast(configuration as varchar) as configuration,
        cast(summary as varchar) as summary,
        cast(library_versions as varchar) as library_versions,
        cast(customers as bigint) as customers,
        cast(products as bigint) as products,
        cast(purchases as bigint) as purchases,
        cast(artifact_path as varchar) as artifact_path,
        cast(artifact_sha256 as varchar) as artifact_sha256
    from runs

)

select * from final
