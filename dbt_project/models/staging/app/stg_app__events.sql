{%- set columns = [
    'event_id', 'event_type', 'occurred_at', 'session_id', 'extracted_at', 'customer_id', 'device_id', 'platform',
    'user_agent', 'product_id', 'query', 'rating', 'review_text', 'rank', 'model_run_id', 'experiment_arm', 'propensity',
    'experiment_id', 'reason_code', 'is_simulated', 'time_precision',
] -%}
with exported as (

    select * from {{ source('app', 'events') }}

),

landed as (

    select * from {{ source('app', 'landed_events') }}

),

last_exported as (

    select coalesce(max(_row_number), 0) as row_number
    from exported

),

-- What landed is numbered after what was exported, so that of an event which both have, the shop's own export counts.
source as (

    select
        {{ columns | join(',\n        ') }},
        _row_number,
        _unreadable
    from exported
    where {{ is_not_erased('exported') }}
    union all
    select
        landed.{{ columns | join(',\n        landed.') }},
        last_exported.row_number + landed._row_number as _row_number,
        landed._unreadable
    from landed
    cross join last_exported
    where {{ is_not_erased('landed') }}

),

renamed as (

    select
        -- ids
        {{ blank_to_null('event_id') }} as event_id,
        {{ blank_to_null('session_id') }} as session_id,
        {{ blank_to_null('customer_id') }} as customer_id,
        {{ blank_to_null('device_id') }} as device_id,
        {{ blank_to_null('product_id') }} as product_id,
        {{ blank_to_null('model_run_id') }} as model_run_id,
        {{ blank_to_null('experiment_id') }} as experiment_id,

        -- texts
        lower({{ blank_to_null('event_type') }}) as event_type,
        lower({{ blank_to_null('platform') }}) as platform,
        {{ blank_to_null('user_agent') }} as user_agent,
        {{ blank_to_null('query') }} as query,
        {{ blank_to_null('review_text') }} as review_text,
        {{ blank_to_null('experiment_arm') }} as experiment_arm,
        lower({{ blank_to_null('reason_code') }}) as reason_code,
        coalesce(lower({{ blank_to_null('time_precision') }}), 'second') as time_precision,

        -- numerics
        {{ parse_decimal('rating') }} as rating,
        rating as rating_raw,
        {{ parse_integer('rank') }} as rank,
        rank as rank_raw,
        {{ parse_decimal('propensity') }} as propensity,
        propensity as propensity_raw,

        -- booleans
        {{ parse_boolean('is_simulated') }} as is_simulated,

        -- dates and timestamps
        {{ parse_timestamp('occurred_at') }} as occurred_at,
        occurred_at as occurred_at_raw,

        -- origin
        _row_number as source_row_number,
        _unreadable is not null as is_unreadable,
        {{ raw_record('source') }} as raw_record,
        {{ parse_timestamp('extracted_at') }} as extracted_at,
        extracted_at as extracted_at_raw
    from source

)

select * from renamed
