with runs as (

    select * from {{ ref('ml_model_runs') }}

),

final as (

    select
        cast(model_run_id as varchar) as model_run_id,
        cast(state as varchar) as state,
        cast(state_since as timestamp) as state_since,
        cast(state_reason as varchar) as state_reason,
        cast(is_current as boolean) as is_current,
        cast(is_previous as boolean) as is_previous,
        cast(is_challenger as boolean) as is_challenger,
        cast(trained_at as timestamp) as trained_at,
        cast(train_seconds as double) as train_seconds,
        cast(data_as_of as timestamp) as data_as_of,
        cast(fingerprint as varchar) as fingerprint,
        cast(data_fingerprint as varchar) as data_fingerprint,
        cast(code_fingerprint as varchar) as code_fingerprint,
        cast(seed as bigint) as seed,
        cast(configuration as varchar) as configuration,
        cast(summary as varchar) as summary,
        cast(library_versions as varchar) as library_versions,
        cast(customers as bigint) as customers,
        cast(products as bigint) as products,
        cast(purchases as bigint) as purchases,
        cast(artifact_path as varchar) as artifact_path,
        cast(artifact_sha256 as varchar) as artifact_sha256,
        cast(serving_path as varchar) as serving_path
    from runs

)

select * from final
