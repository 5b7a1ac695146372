-- The primary metric of each experiment, day by day, with both intervals.
with days as (

    select * from {{ ref('experiment_readout_daily') }}
    where role = 'primary' and effect is not null

)

select
    experiment_id,
    arm,
    control_arm,
    metric,
    readout_date,
    customers,
    control_customers,
    effect,
    ci_low,
    ci_high,
    sequential_ci_low,
    sequential_ci_high,
    is_simulated
from days
order by
    experiment_id asc,
    arm asc,
    readout_date asc
