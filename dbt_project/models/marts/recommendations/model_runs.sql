with runs as (

    select * from {{ ref('ml_model_runs') }}

),

states as (

    select * from {{ ref('ml_run_states') }}

),

final as (

    select
        cast(runs.model_run_id as varchar) as model_run_id,
        cast(states.state as varchar) as state,
        cast(states.state_since as timestamp) as state_since,
        cast(states.state_reason as varchar) as state_reason,
        cast(runs.is_current as boolean) as is_current,
        cast(runs.is_previous as boolean) as is_previous,
        cast(runs.is_challenger as boolean) as is_challenger,
        cast(runs.trained_at as timestamp) as trained_at,
        cast(runs.train_seconds as double) as train_seconds,
        cast(runs.data_as_of as timestamp) as data_as_of,
        cast(runs.fingerprint as varchar) as fingerprint,
        cast(runs.data_fingerprint as varchar) as data_fingerprint,
        cast(runs.code_fingerprint as varchar) as code_fingerprint,
        cast(runs.seed as bigint) as seed,
        cast(runs.configuration as varchar) as configuration,
        cast(runs.summary as varchar) as summary,
        cast(runs.library_versions as varchar) as library_versions,
        cast(runs.customers as bigint) as customers,
        cast(runs.products as bigint) as products,
        cast(runs.purchases as bigint) as purchases,
        cast(runs.artifact_path as varchar) as artifact_path,
        cast(runs.artifact_sha256 as varchar) as artifact_sha256,
        cast(runs.serving_path as varchar) as serving_path
    from runs
    -- A run without a state would be lost by an inner join, and is an error to be seen.
    left join states on runs.model_run_id = states.model_run_id

)

select * from final
