-- What people did in the app of their own accord in the last weeks. Answers to lists that a model or an experiment
-- showed are judged by their rates, and their number follows ours.
with interactions as (

    select *
    from {{ ref('fct_interactions') }}
    where
        event_type <> 'impression'
        and model_run_id is null
        and experiment_arm is null
        and time_precision <> 'surrogate'

),

clock as (

    select as_of from {{ ref('int_as_of') }}

),

final as (

    select
        -------- ids
        coalesce(interactions.customer_id, interactions.session_id, interactions.event_id) as unit_id,

        -------- what
        interactions.event_type,
        interactions.platform,
        interactions.customer_id is null as is_anonymous,
        case when interactions.event_type = 'rating' then interactions.rating end as rating
    from interactions
    inner join clock
        on
            interactions.occurred_at < clock.as_of
            and {{ days_between('interactions.occurred_at', 'clock.as_of') }} <= {{ var('monitored_days') }}

)

select * from final
