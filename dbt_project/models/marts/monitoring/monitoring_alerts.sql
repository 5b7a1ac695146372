-- An alert is a stretch of observations that breach a threshold, as long as the seed asks for. It is open as long as
-- the latest observation breaches and the model run is the one that recommends.
with breaches as (

    select * from {{ ref('monitoring_breaches') }}

),

thresholds as (

    select * from {{ ref('ref_monitoring_thresholds') }}

),

watched_run as (

    select * from {{ ref('monitoring_watched_run') }}

),

-- Counting the observations that do not breach gives every stretch of breaches between two of them a number of its own.
numbered as (

    select
        *,
        sum(case when level = 0 then 1 else 0 end) over (
            partition by model_run_id, metric, subject
            order by observed_on
            rows between unbounded preceding and current row
        ) as stretch,
        lead(observed_on) over (
            partition by model_run_id, metric, subject
            order by observed_on
        ) as next_observed_on,
        row_number() over (
            partition by model_run_id, metric, subject
            order by observed_on desc
        ) as observations_from_the_end
    from breaches

),

stretches as (

    select
        model_run_id,
        metric,
        subject,
        stretch,
        min(observed_on) as since,
        max(observed_on) as last_seen_on,
        count(*) as observations,
        sum(case when level = 2 then 1 else 0 end) as failing_observations,
        min(observations_from_the_end) as observations_from_the_end,
        max(case when is_simulated then 1 else 0 end) = 1 as is_simulated
    from numbered
    where level > 0
    group by
        model_run_id,
        metric,
        subject,
        stretch

),

latest as (

    select
        model_run_id,
        metric,
        subject,
        observed_on,
        next_observed_on,
        value,
        detail
    from numbered

),

final as (

    select
        -- key
        cast(stretches.metric as varchar) as metric,
        cast(stretches.subject as varchar) as subject,
        cast(stretches.model_run_id as varchar) as model_run_id,
        cast(stretches.since as date) as since,

        -- how it stands
        case
            when stretches.model_run_id <> watched_run.model_run_id then 'closed'
            when stretches.observations_from_the_end > 1 then 'closed'
            else 'open'
        end as status,
        case when stretches.failing_observations >= thresholds.days then 'fail' else 'warn' end as severity,
        cast(stretches.last_seen_on as date) as last_seen_on,
        cast(latest.next_observed_on as date) as closed_on,
        cast(stretches.observations as bigint) as observations,

        -- how bad
        cast(latest.value as double) as value,
        cast(
            case when stretches.failing_observations >= thresholds.days then thresholds.fail else thresholds.warn end
            as double
        ) as threshold,
        cast(thresholds.direction as varchar) as direction,

        -- in words
        cast(thresholds.description as varchar) as what,
        cast(latest.detail as varchar) as detail,
        cast(thresholds.what_to_do as varchar) as what_to_do,
        cast(thresholds.stops_release as boolean) as stops_release,
        cast(stretches.is_simulated as boolean) as is_simulated
    from stretches
    inner join thresholds
        on
            stretches.metric = thresholds.metric
            and stretches.observations >= thresholds.days
    inner join latest
        on
            stretches.model_run_id = latest.model_run_id
            and stretches.metric = latest.metric
            and stretches.subject = latest.subject
            and stretches.last_seen_on = latest.observed_on
    cross join watched_run

)

select * from final
