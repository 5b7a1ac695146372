{{ config(materialized='view') }}
with events as (

    select * from {{ ref('int_events_screened') }}

),

kept_events as (

    select *
    from events
    where row_outcome = 'kept'

),

-- A session with one known customer is that customer's from its first event on. A session with two is a shared device:
-- nobody knows whose its anonymous events are.
sessions_of_one_customer as (

    select
        session_id,
        min(customer_id) as customer_id
    from kept_events
    where
        session_id is not null
        and customer_id is not null
    group by session_id
    having min(customer_id) = max(customer_id)

)

select
    kept_events.event_id,
    kept_events.event_type,
    kept_events.occurred_at,
    kept_events.time_precision,
    kept_events.session_id,
    coalesce(kept_events.customer_id, sessions_of_one_customer.customer_id) as customer_id,
    kept_events.customer_id is null and sessions_of_one_customer.customer_id is not null as is_stitched,
    coalesce(lower(kept_events.platform), 'unknown') as platform,
    kept_events.product_id,
    {{ unescape_html('kept_events.query') }} as query,
    case when kept_events.rating between 1 and 5 then kept_events.rating end as rating,
    {{ unescape_html('kept_events.review_text') }} as review_text,
    case when kept_events.rank >= 1 then kept_events.rank end as rank,
    kept_events.model_run_id,
    kept_events.experiment_arm,
    case when kept_events.propensity > 0 and kept_events.propensity <= 1 then kept_events.propensity end as propensity,
    kept_events.experiment_id,
    kept_events.reason_code,
    coalesce(kept_events.is_simulated, false) as is_simulated
from kept_events
left join sessions_of_one_customer on kept_events.session_id = sessions_of_one_customer.session_id
