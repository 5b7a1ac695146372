with orders as (

    select * from {{ ref('int_orders_screened') }}

),

order_lines as (

    select * from {{ ref('int_order_lines_screened') }}

),

sales as (

    select * from {{ ref('int_sales_screened') }}

),

currencies as (

    {{ seed_lookup('ref_currencies', 'raw_currency', ['eur_rate']) }}

),

-- A cancelled or returned order is so with all its lines; a completed one may have lost single lines.
webshop_lines as (

    select
        concat('webshop:', order_lines.order_id) as transaction_id,
        order_lines.line_number,
        'webshop' as source_system,
        'web' as channel,
        orders.customer_id,
        order_lines.product_id,
        orders.ordered_at,
        orders.time_precision,
        order_lines.source_row_number,
        order_lines.quantity,
        order_lines.unit_price,
        order_lines.discount,
        coalesce(orders.currency, '{{ var("shop_currency") }}') as currency,
        case
            when orders.order_status = 'completed' and order_lines.line_status in ('cancelled', 'returned')
                then order_lines.line_status
            else orders.order_status
        end as status,
        cast(null as varchar) as store
    from order_lines
    inner join orders on order_lines.order_id = orders.order_id
    where
        order_lines.row_outcome = 'kept'
        and orders.row_outcome = 'kept'

),

store_lines as (

    select
        concat('pos:', store_key, ':', transaction_id) as transaction_id,
        line_number,
        'pos' as source_system,
        'store' as channel,
        customer_id,
        product_id,
        sold_at as ordered_at,
        time_precision,
        source_row_number,
        quantity,
        unit_price,
        discount,
        coalesce(currency, '{{ var("shop_currency") }}') as currency,
        'completed' as status,
        coalesce(store, 'unknown') as store
    from sales
    where row_outcome = 'kept'

),

lines as (

    select * from webshop_lines
    union all
    select * from store_lines

)

select
    concat(lines.transaction_id, ':', lines.line_number) as transaction_line_id,
    lines.transaction_id,
    lines.line_number,
    lines.source_system,
    lines.channel,
    lines.customer_id,
    lines.product_id,
    lines.ordered_at,
    lines.time_precision,
    lines.source_row_number,
    lines.quantity as stated_quantity,
    lines.unit_price * currencies.eur_rate as stated_unit_price_eur,
    lines.discount * currencies.eur_rate as stated_discount_eur,
    lines.status,
    lines.store
from lines
left join currencies on {{ normalise_text('lines.currency') }} = currencies.raw_text
