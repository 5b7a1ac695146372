-- Everything that is watched of a deployed run, day by day: what its lists looked like, and how they were answered.
with release_history as (

    select * from {{ ref('monitoring_release_history') }}

),

answers as (

    select * from {{ ref('monitoring_click_rates') }}
    union all
    select * from {{ ref('monitoring_conversion_rates') }}
    union all
    select * from {{ ref('monitoring_feedback_loop') }}

),

-- Since the run was first seen: what is shown may become better or worse liked without the lists changing.
rating_drift as (

    select
        observed_on,
        model_run_id,
        'mean_rating_drift' as metric,
        value - first_value(value) over (
            partition by model_run_id
            order by observed_on
            rows between unbounded preceding and unbounded following
        ) as value,
        is_simulated
    from release_history
    where metric = 'mean_rating'

),

-- No intervals: these are counts of everything, not samples.
release_values as (

    select
        observed_on,
        model_run_id,
        metric,
        value,
        cast(null as double) as interval_low,
        cast(null as double) as interval_high,
        numerator,
        denominator,
        is_simulated
    from release_history
    union all
    select
        observed_on,
        model_run_id,
        metric,
        value,
        cast(null as double) as interval_low,
        cast(null as double) as interval_high,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        is_simulated
    from rating_drift

),

final as (

    select * from release_values
    union all
    select * from answers

)

select
    cast(observed_on as date) as observed_on,
    cast(model_run_id as varchar) as model_run_id,
    cast(metric as varchar) as metric,
    cast(value as double) as value,
    cast(interval_low as double) as interval_low,
    cast(interval_high as double) as interval_high,
    cast(numerator as double) as numerator,
    cast(denominator as double) as denominator,
    cast(is_simulated as boolean) as is_simulated
from final
