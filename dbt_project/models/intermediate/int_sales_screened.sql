{%- set described = [
    'store', 'sold_at', 'product_id', 'quantity', 'unit_price', 'currency', 'discount', 'card_number',
    'is_voided',
] -%}
with sales as (

    select
        *,
        -- Each till counts its own receipts.
        coalesce({{ slug('store') }}, 'unknown') as store_key
    from {{ ref('stg_pos__sales') }}

),

cards as (

    select
        identifier as card_number,
        customer_id
    from {{ ref('int_customer_identities') }}
    where identifier_kind = 'loyalty_card'

),

products as (

    select product_id
    from {{ ref('int_products_screened') }}
    where row_outcome = 'kept'

),

treatments as (

    {{ column_treatments('stg_pos__sales', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        sales.source_row_number,
        sales.store_key,
        sales.store,
        sales.transaction_id,
        sales.line_number,
        cards.customer_id,
        sales.product_id,
        sales.sold_at,
        sales.time_precision,
        sales.quantity,
        sales.unit_price,
        sales.currency,
        sales.discount,
        case
            when sales.is_unreadable then 'unreadable_row'
            when sales.transaction_id is null or sales.line_number is null then 'missing_key'
            when coalesce(sales.is_voided, false) then 'voided_sale'
            when
                {{ matches_marker('sales.store', 'test_store_pattern') }}
                or {{ matches_marker('sales.transaction_id', 'test_store_pattern') }}
                then 'test_sale'
            when sales.sold_at is null then 'invalid_timestamp'
            when {{ lacks_required_value('sales', described) }} then 'missing_required_value'
            when coalesce(sales.quantity, 0) <= 0 then 'non_positive_quantity'
            when sales.sold_at > sales.extracted_at then 'sale_from_the_future'
            when products.product_id is null then 'orphan_product'
        end as rule_id
    from sales
    cross join treatments
    left join cards on sales.card_number = cards.card_number
    left join products on sales.product_id = products.product_id

),

-- Keys that were sent more than once: few, so that the many rows need no window.
resent_lines as (

    select
        store_key,
        transaction_id,
        line_number,
        min(source_row_number) as first_row_number
    from judged
    where rule_id is null
    group by store_key, transaction_id, line_number
    having count(*) > 1

)

select
    judged.source_row_number,
    judged.store_key,
    judged.store,
    judged.transaction_id,
    judged.line_number,
    judged.customer_id,
    judged.product_id,
    judged.sold_at,
    judged.time_precision,
    judged.quantity,
    judged.unit_price,
    judged.currency,
    judged.discount,
    {{ screening_outcome('resent_lines.first_row_number') }}
from judged
left join resent_lines
    on
        judged.rule_id is null
        and judged.store_key = resent_lines.store_key
        and judged.transaction_id = resent_lines.transaction_id
        and judged.line_number = resent_lines.line_number
