with events as (

    select * from {{ ref('stg_app__events') }}

),

user_agents as (

    select distinct user_agent
    from events
    where user_agent is not null

),

machines as (

    select user_agent
    from user_agents
    where {{ matches_marker('user_agent', 'bot_user_agent_pattern') }}

),

sessions_of_machines as (

    select distinct events.session_id
    from events
    inner join machines on events.user_agent = machines.user_agent
    where events.session_id is not null

),

-- An event that was sent twice happened once. An impression is what the shop did: a customer who looks through a few
-- lists in a minute has been shown a lot.
events_by_minute as (

    select
        session_id,
        date_trunc('minute', occurred_at) as occurred_in_minute,
        count(distinct event_id) as events_in_minute
    from events
    where
        session_id is not null
        and coalesce(event_type, '') <> 'impression'
        and coalesce(time_precision, 'second') not in ('day', 'surrogate')
    group by session_id, date_trunc('minute', occurred_at)

),

sessions as (

    select
        session_id,
        sum(events_in_minute) as events,
        max(events_in_minute) as events_in_busiest_minute
    from events_by_minute
    group by session_id

),

limits as (

    select
        max(case when measure = 'session_events' then upper_bound end) as most_events,
        max(case when measure = 'session_events_per_minute' then upper_bound end) as most_events_per_minute
    from {{ ref('ref_outlier_rules') }}
    where treatment = 'reject'

),

hasty_sessions as (

    select sessions.session_id
    from sessions
    cross join limits
    where
        sessions.events > limits.most_events
        or sessions.events_in_busiest_minute > limits.most_events_per_minute

),

bots as (

    select session_id from sessions_of_machines
    union
    select session_id from hasty_sessions

)

select session_id
from bots
