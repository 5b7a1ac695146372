-- Shares that do not sum to 1 leave customers without an arm; without one control and one primary metric there is
-- nothing to compare and nothing to decide by.
with arms as (

    select
        experiment_id,
        sum(share) as total_share,
        sum(case when is_control then 1 else 0 end) as controls
    from {{ ref('ref_experiment_arms') }}
    group by experiment_id

),

metrics as (

    select
        experiment_id,
        sum(case when role = 'primary' then 1 else 0 end) as primary_metrics
    from {{ ref('ref_experiment_metrics') }}
    group by experiment_id

)

select
    experiments.experiment_id,
    arms.total_share,
    arms.controls,
    metrics.primary_metrics
from {{ ref('ref_experiments') }} as experiments
left join arms on experiments.experiment_id = arms.experiment_id
left join metrics on experiments.experiment_id = metrics.experiment_id
where
    coalesce(arms.total_share, 0) <> 1
    or coalesce(arms.controls, 0) <> 1
    or coalesce(metrics.primary_metrics, 0) <> 1
