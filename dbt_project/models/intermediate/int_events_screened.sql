{%- set described = [
    'event_type', 'occurred_at', 'session_id', 'customer_id', 'device_id', 'platform', 'user_agent', 'product_id',
    'query', 'rating', 'review_text', 'rank', 'model_run_id', 'experiment_arm', 'propensity', 'experiment_id',
    'reason_code', 'is_simulated', 'time_precision',
] -%}
with events as (

    select * from {{ ref('stg_app__events') }}

),

event_types as (

    select
        event_type,
        needs_product
    from {{ ref('ref_event_types') }}

),

customers as (

    select
        identifier,
        customer_id
    from {{ ref('int_customer_identities') }}
    where identifier_kind = 'customer_id'

),

products as (

    select product_id
    from {{ ref('int_products_screened') }}
    where row_outcome = 'kept'

),

bot_sessions as (

    select session_id from {{ ref('int_bot_sessions') }}

),

treatments as (

    {{ column_treatments('stg_app__events', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        events.source_row_number,
        events.event_id,
        events.event_type,
        events.occurred_at,
        case when events.time_precision in ('day', 'surrogate') then events.time_precision else 'second' end
            as time_precision,
        events.session_id,
        customers.customer_id,
        events.platform,
        events.product_id,
        {{ mask_contacts('events.query') }} as query,
        events.rating,
        {{ mask_contacts('events.review_text') }} as review_text,
        events.rank,
        events.model_run_id,
        events.experiment_arm,
        events.propensity,
        events.experiment_id,
        events.reason_code,
        events.is_simulated,
        case
            when events.is_unreadable then 'unreadable_row'
            when events.event_id is null then 'missing_key'
            when events.occurred_at is null then 'invalid_timestamp'
            when {{ lacks_required_value('events', described) }} then 'missing_required_value'
            when event_types.event_type is null then 'unknown_event_type'
            when events.occurred_at > events.extracted_at then 'event_from_the_future'
            when bot_sessions.session_id is not null then 'bot_session'
            when event_types.needs_product and events.product_id is null then 'event_without_product'
            when events.event_type = 'search' and events.query is null then 'search_without_query'
            when events.event_type in ('exclude_ingredient', 'allow_ingredient') and events.query is null
                then 'opt_out_without_term'
            when events.event_type = 'rating' and coalesce(events.rating, 0) not between 1 and 5
                then 'rating_out_of_range'
            when events.customer_id is not null and customers.customer_id is null then 'orphan_customer'
            when events.product_id is not null and products.product_id is null then 'orphan_product'
        end as rule_id
    from events
    cross join treatments
    left join event_types on events.event_type = event_types.event_type
    left join customers on events.customer_id = customers.identifier
    left join products on events.product_id = products.product_id
    left join bot_sessions on events.session_id = bot_sessions.session_id

),

-- Keys that were sent more than once: few, so that the many rows need no window.
resent_events as (

    select
        event_id,
        min(source_row_number) as first_row_number
    from judged
    where rule_id is null
    group by event_id
    having count(*) > 1

)

select
    judged.source_row_number,
    judged.event_id,
    judged.event_type,
    judged.occurred_at,
    judged.time_precision,
    judged.session_id,
    judged.customer_id,
    judged.platform,
    judged.product_id,
    judged.query,
    judged.rating,
    judged.review_text,
    judged.rank,
    judged.model_run_id,
    judged.experiment_arm,
    judged.propensity,
    judged.experiment_id,
    judged.reason_code,
    judged.is_simulated,
    {{ screening_outcome('resent_events.first_row_number') }}
from judged
left join resent_events
    on
        judged.rule_id is null
        and judged.event_id = resent_events.event_id
