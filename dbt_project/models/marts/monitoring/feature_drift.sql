-- How far each feature lies from the snapshot that the run was trained on, day by day. Each day's comparison is kept,
-- as in monitoring_release_history.
{{
    config(
        materialized='incremental',
        unique_key=['observed_on', 'model_run_id'],
        incremental_strategy='delete+insert',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}
with drift as (

    select * from {{ ref('ml_feature_drift') }}

),

watched_run as (

    select * from {{ ref('monitoring_watched_run') }}

),

final as (

    select
        cast(watched_run.observed_on as date) as observed_on,
        cast(drift.model_run_id as varchar) as model_run_id,
        cast(drift.entity as varchar) as entity,
        cast(drift.feature as varchar) as feature,
        cast(drift.aspect as varchar) as aspect,
        cast(drift.kind as varchar) as kind,
        cast(drift.reference_at as timestamp) as reference_at,
        cast(drift.reference_units as bigint) as reference_units,
        cast(drift.current_units as bigint) as current_units,
        cast(drift.psi as double) as psi,
        cast(drift.noise_floor as double) as noise_floor,
        cast(drift.is_beyond_noise as boolean) as is_beyond_noise,
        cast(drift.distance_name as varchar) as distance_name,
        cast(drift.distance as double) as distance,
        cast(drift.p_value as double) as p_value,
        cast(drift.most_changed as varchar) as most_changed,
        cast(drift.most_changed_reference_share as double) as most_changed_reference_share,
        cast(drift.most_changed_current_share as double) as most_changed_current_share,
        cast(watched_run.is_simulated as boolean) as is_simulated
    from drift
    cross join watched_run

)

select * from final
