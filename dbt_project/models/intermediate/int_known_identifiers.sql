-- What the tests look for in the release. A view: identifiers need no second copy.
with customers as (

    select
        customer_id,
        lower(email) as email
    from {{ ref('stg_crm__customers') }}

),

cards as (

    select
        card_number,
        customer_id
    from {{ ref('stg_pos__loyalty_cards') }}

),

orders as (

    select
        order_id,
        customer_id
    from {{ ref('stg_webshop__orders') }}

),

sales as (

    select
        transaction_id,
        card_number
    from {{ ref('stg_pos__sales') }}

),

events as (

    select
        event_id,
        session_id,
        device_id,
        customer_id
    from {{ ref('stg_app__events') }}

),

identifiers as (

    select
        'email' as identifier_kind,
        email as identifier
    from customers
    union
    select
        'email_hash' as identifier_kind,
        {{ hash_email('trim(email)') }} as identifier
    from customers
    union
    select
        'loyalty_card' as identifier_kind,
        card_number as identifier
    from cards
    union
    select
        'loyalty_card' as identifier_kind,
        card_number as identifier
    from sales
    union
    select
        'device' as identifier_kind,
        device_id as identifier
    from events
    union
    select
        'session' as identifier_kind,
        session_id as identifier
    from events
    union
    select
        'event' as identifier_kind,
        event_id as identifier
    from events
    union
    select
        'order' as identifier_kind,
        order_id as identifier
    from orders
    union
    select
        'receipt' as identifier_kind,
        transaction_id as identifier
    from sales
    union
    {%- for system in ['customers', 'cards', 'orders', 'events'] %}
    select
        'account' as identifier_kind,
        customer_id as identifier
    from {{ system }}
    {{ "union" if not loop.last }}
    {%- endfor %}

)

select
    identifier_kind,
    identifier
from identifiers
where identifier is not null
