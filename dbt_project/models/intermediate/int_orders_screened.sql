{%- set described = [
    'customer_id', 'ordered_at', 'order_status', 'currency', 'coupon_code', 'time_precision', 'updated_at',
] -%}
with orders as (

    select * from {{ ref('stg_webshop__orders') }}

),

customers as (

    select
        identifier,
        customer_id
    from {{ ref('int_customer_identities') }}
    where identifier_kind = 'customer_id'

),

test_customers as (

    select distinct customer_id
    from {{ ref('int_customers_screened') }}
    where rule_id = 'test_customer'

),

treatments as (

    {{ column_treatments('stg_webshop__orders', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        orders.source_row_number,
        orders.order_id,
        customers.customer_id,
        orders.ordered_at,
        case when orders.time_precision in ('day', 'surrogate') then orders.time_precision else 'second' end
            as time_precision,
        orders.order_status,
        orders.currency,
        orders.updated_at,
        orders.extracted_at,
        case
            when orders.is_unreadable then 'unreadable_row'
            when orders.order_id is null then 'missing_key'
            when orders.ordered_at is null then 'invalid_timestamp'
            when {{ lacks_required_value('orders', described) }} then 'missing_required_value'
            when coalesce(orders.order_status, 'unread') not in ('completed', 'cancelled', 'returned')
                then 'unknown_order_status'
            when {{ matches_marker('orders.coupon_code', 'test_coupon_pattern') }} then 'test_order'
            when customers.customer_id is null and test_customers.customer_id is not null then 'test_order'
            when orders.ordered_at > orders.extracted_at then 'order_from_the_future'
            when customers.customer_id is null then 'orphan_customer'
        end as rule_id
    from orders
    cross join treatments
    left join customers on orders.customer_id = customers.identifier
    left join test_customers on orders.customer_id = test_customers.customer_id

),

-- An order is sent again when its status changes: the newest row speaks.
newest_rows as (

    select
        source_row_number,
        first_value(source_row_number) over (
            partition by order_id
            order by updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
        ) as newest_row_number
    from judged
    where rule_id is null

)

select
    judged.source_row_number,
    judged.order_id,
    judged.customer_id,
    judged.ordered_at,
    judged.time_precision,
    judged.order_status,
    judged.currency,
    {{ screening_outcome('newest_rows.newest_row_number') }}
from judged
left join newest_rows on judged.source_row_number = newest_rows.source_row_number
