with transactions as (

    select * from {{ ref('int_transactions_treated') }}

),

final as (

    select
        -- ids
        transaction_line_id,
        transaction_id,
        source_system,
        source_row_number,
        customer_id,
        product_id,

        -- time
        ordered_at,
        time_precision,

        -- sale
        channel,
        store,
        status,
        status = 'completed' as is_purchase,
        cast(line_number as integer) as line_number,
        cast(quantity as integer) as quantity,
        is_quantity_treated,
        round(unit_price_eur, 4) as unit_price_eur,
        is_price_treated,
        round(discount_eur, 4) as discount_eur,
        is_discount_treated,
        round(unit_price_eur * quantity - discount_eur, 4) as line_amount_eur

    from transactions

)

select * from final
