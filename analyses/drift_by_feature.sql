-- How far today's features lie from those that the model learned from: the latest comparison, the largest first.
with drift as (

    select
        *,
        case aspect when 'missing' then 'missing_drift' else 'feature_drift' end as threshold_name,
        max(observed_on) over () as latest
    from {{ ref('feature_drift') }}
    where psi is not null

),

thresholds as (

    select
        metric,
        warn,
        fail
    from {{ ref('ref_monitoring_thresholds') }}

)

select
    drift.entity,
    drift.feature,
    drift.aspect,
    drift.observed_on,
    drift.psi,
    drift.noise_floor,
    drift.is_beyond_noise,
    thresholds.warn,
    thresholds.fail,
    drift.most_changed,
    drift.most_changed_reference_share,
    drift.most_changed_current_share,
    drift.is_simulated
from drift
inner join thresholds on drift.threshold_name = thresholds.metric
where drift.observed_on = drift.latest
order by
    drift.psi desc,
    drift.entity asc,
    drift.feature asc,
    drift.aspect asc
