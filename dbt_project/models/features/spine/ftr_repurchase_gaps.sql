-- How long a bought product lasted: one row each time a customer buys a product again on a later day. Whether a gap is
-- visible at a cutoff depends on the purchase that closes it.
with purchases as (

    select * from {{ ref('ftr_purchases_ordered') }}

),

-- Two receipts of one day are one purchase: nothing was used up between them.
days as (

    select
        customer_id,
        product_id,
        ordered_on,
        min(transaction_sequence) as transaction_sequence,
        min(shuffled_transaction_sequence) as shuffled_transaction_sequence,
        cast(sum(quantity) as bigint) as quantity
    from purchases
    where ordered_on is not null
    group by
        customer_id,
        product_id,
        ordered_on

),

chained as (

    select
        customer_id,
        product_id,
        ordered_on,
        transaction_sequence,
        shuffled_transaction_sequence,
        lag(ordered_on) over of_product as previous_ordered_on,
        lag(quantity) over of_product as previous_quantity
    from days
    window of_product as (partition by customer_id, product_id order by ordered_on)

),

final as (

    select
        -------- ids
        customer_id,
        product_id,

        -------- numerics
        transaction_sequence,
        shuffled_transaction_sequence,
        {{ safe_divide(days_between('previous_ordered_on', 'ordered_on'), 'previous_quantity') }} as days_per_unit,

        -------- timestamps
        ordered_on
    from chained
    where
        previous_ordered_on is not null
        and previous_quantity > 0

)

select * from final
