-- What today's lists looked like cannot be found out tomorrow, so each day's numbers are kept; a second build of a day
-- replaces them. Never rebuilt from nothing: `--full-refresh` would forget the past.
{{
    config(
        materialized='incremental',
        unique_key=['observed_on', 'model_run_id', 'metric'],
        incremental_strategy='delete+insert',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}
with watched_run as (

    select * from {{ ref('monitoring_watched_run') }}

),

release_values as (

    select * from {{ ref('monitoring_release_values') }}

),

final as (

    select
        watched_run.observed_on,
        watched_run.model_run_id,
        release_values.metric,
        release_values.value,
        release_values.numerator,
        release_values.denominator,
        watched_run.is_simulated
    from release_values
    cross join watched_run

)

select * from final
