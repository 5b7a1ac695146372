-- What another list would have earned at the places that were logged.
with estimates as (

    select * from {{ ref('off_policy_estimates') }}

)

select
    experiment_id,
    logging_arm,
    policy,
    estimator,
    metric,
    value,
    ci_low,
    ci_high,
    slots,
    customers,
    effective_sample_size,
    is_learned_from_log,
    is_simulated
from estimates
where value is not null
order by
    experiment_id asc,
    metric asc,
    logging_arm asc,
    policy asc,
    estimator asc
