-- The purchases that a feature may see. A view: each feature model reads it once, and nine copies of every purchase
-- would be the largest table of the warehouse.
{{ config(materialized='view') }}

with spine as (

    select * from {{ ref('ftr_spine') }}

),

purchases as (

    select * from {{ ref('ftr_purchases_ordered') }}

),

sequenced as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        spine.cutoff_sequence,
        spine.visible_transactions,
        spine.cutoff_at,
        purchases.transaction_id,
        purchases.product_id,
        case spine.transaction_order
            when 'ties_shuffled' then purchases.shuffled_transaction_sequence
            else purchases.transaction_sequence
        end as transaction_sequence,
        case spine.transaction_order
            when 'ties_shuffled' then purchases.shuffled_line_sequence
            else purchases.line_sequence
        end as line_sequence,
        purchases.ordered_at,
        purchases.ordered_on,
        purchases.time_precision,
        purchases.quantity,
        purchases.unit_price_eur,
        purchases.line_amount_eur
    from spine
    inner join purchases on spine.customer_id = purchases.customer_id

),

final as (

    select
        -------- ids
        protocol,
        split,
        customer_id,
        transaction_id,
        product_id,

        -------- texts
        time_precision,

        -------- numerics
        transaction_sequence,
        line_sequence,
        visible_transactions - transaction_sequence as purchases_ago,
        quantity,
        unit_price_eur,
        line_amount_eur,

        -------- timestamps
        cutoff_at,
        ordered_at,
        ordered_on
    from sequenced
    where
        cutoff_sequence is null
        or transaction_sequence < cutoff_sequence

)

select * from final
