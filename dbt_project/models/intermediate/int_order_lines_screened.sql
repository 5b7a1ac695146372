{%- set described = ['product_id', 'quantity', 'unit_price', 'discount', 'line_status'] -%}
with order_lines as (

    select * from {{ ref('stg_webshop__order_lines') }}

),

headers as (

    select
        order_id,
        max(case when row_outcome = 'kept' then 1 else 0 end) = 1 as is_kept
    from {{ ref('int_orders_screened') }}
    where order_id is not null
    group by order_id

),

products as (

    select product_id
    from {{ ref('int_products_screened') }}
    where row_outcome = 'kept'

),

treatments as (

    {{ column_treatments('stg_webshop__order_lines', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        order_lines.source_row_number,
        order_lines.order_id,
        order_lines.line_number,
        order_lines.product_id,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.discount,
        order_lines.line_status,
        case
            when order_lines.is_unreadable then 'unreadable_row'
            when order_lines.order_id is null or order_lines.line_number is null then 'missing_key'
            when {{ lacks_required_value('order_lines', described) }} then 'missing_required_value'
            when coalesce(order_lines.quantity, 0) <= 0 then 'non_positive_quantity'
            when headers.order_id is null then 'orphan_order'
            when not headers.is_kept then 'header_rejected'
            when products.product_id is null then 'orphan_product'
        end as rule_id
    from order_lines
    cross join treatments
    left join headers on order_lines.order_id = headers.order_id
    left join products on order_lines.product_id = products.product_id

),

-- Keys that were sent more than once: few, so that the many rows need no window.
resent_lines as (

    select
        order_id,
        line_number,
        min(source_row_number) as first_row_number
    from judged
    where rule_id is null
    group by order_id, line_number
    having count(*) > 1

)

select
    judged.source_row_number,
    judged.order_id,
    judged.line_number,
    judged.product_id,
    judged.quantity,
    judged.unit_price,
    judged.discount,
    judged.line_status,
    {{ screening_outcome('resent_lines.first_row_number') }}
from judged
left join resent_lines
    on
        judged.rule_id is null
        and judged.order_id = resent_lines.order_id
        and judged.line_number = resent_lines.line_number
