-- What is watched of the run that recommends, day by day, with its thresholds.
with watched as (

    select * from {{ ref('monitoring_daily') }}
    where value is not null

),

runs as (

    select model_run_id from {{ ref('model_runs') }}
    where is_current

),

thresholds as (

    select
        metric,
        direction,
        warn,
        fail
    from {{ ref('ref_monitoring_thresholds') }}

)

select
    watched.metric,
    watched.observed_on,
    watched.value,
    watched.interval_low,
    watched.interval_high,
    watched.numerator,
    watched.denominator,
    thresholds.direction,
    thresholds.warn,
    thresholds.fail,
    watched.is_simulated
from watched
inner join runs on watched.model_run_id = runs.model_run_id
left join thresholds on watched.metric = thresholds.metric
order by
    watched.metric asc,
    watched.observed_on asc
