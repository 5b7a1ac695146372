-- Which run is watched, as of when, and whether what is seen was made by a simulator. One row.
with runs as (

    select model_run_id
    from {{ ref('ml_model_runs') }}
    where is_current

),

clock as (

    select as_of from {{ ref('int_as_of') }}

),

simulated as (

    select max(case when is_simulated then 1 else 0 end) as is_simulated
    from {{ ref('fct_interactions') }}

),

final as (

    select
        runs.model_run_id,
        clock.as_of,
        cast(clock.as_of as date) as observed_on,
        coalesce(simulated.is_simulated, 0) = 1 as is_simulated
    from runs
    cross join clock
    cross join simulated

)

select * from final
