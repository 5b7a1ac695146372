-- Every observation beside its thresholds: 0 within, 1 beyond the one that warns, 2 beyond the one that fails. Where
-- there is an interval all of it must lie beyond, and drift must rise above its noise: chance is no breach.
with thresholds as (

    select * from {{ ref('ref_monitoring_thresholds') }}

),

daily as (

    select
        observed_on,
        model_run_id,
        metric,
        metric as subject,
        cast(null as varchar) as detail,
        value,
        coalesce(interval_low, value) as at_least,
        coalesce(interval_high, value) as at_most,
        is_simulated
    from {{ ref('monitoring_daily') }}

),

drift as (

    select
        observed_on,
        model_run_id,
        case when aspect = 'missing' then 'missing_drift' else 'feature_drift' end as metric,
        concat(entity, '.', feature) as subject,
        concat(
            most_changed, ': ', round(100 * most_changed_reference_share, 1), ' % in training, ',
            round(100 * most_changed_current_share, 1), ' % today'
        ) as detail,
        psi as value,
        case when is_beyond_noise then psi else 0 end as at_least,
        psi as at_most,
        is_simulated
    from {{ ref('feature_drift') }}
    where psi is not null

),

observations as (

    select * from daily
    union all
    select * from drift

),

final as (

    select
        observations.observed_on,
        observations.model_run_id,
        observations.metric,
        observations.subject,
        observations.detail,
        observations.value,
        case
            when thresholds.direction = 'above' and observations.at_least > thresholds.fail then 2
            when thresholds.direction = 'below' and observations.at_most < thresholds.fail then 2
            when thresholds.direction = 'above' and observations.at_least > thresholds.warn then 1
            when thresholds.direction = 'below' and observations.at_most < thresholds.warn then 1
            else 0
        end as level,
        observations.is_simulated
    from observations
    inner join thresholds on observations.metric = thresholds.metric

)

select * from final
