-- What the customer bought at the cutoff: the answers that an evaluation compares with.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

purchases as (

    select * from {{ ref('ftr_purchases_ordered') }}

),

targets as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        spine.transaction_order,
        spine.cutoff_sequence,
        purchases.transaction_id,
        purchases.product_id
    from spine
    inner join purchases
        on
            spine.customer_id = purchases.customer_id
            and spine.target_transaction_id = purchases.transaction_id

),

final as (

    select
        -------- ids
        targets.protocol,
        targets.split,
        targets.customer_id,
        targets.transaction_id,
        targets.product_id,

        -------- booleans
        count(earlier.transaction_id) > 0 as is_repeat
    from targets
    left join purchases as earlier
        on
            targets.customer_id = earlier.customer_id
            and targets.product_id = earlier.product_id
            and targets.cutoff_sequence
            > case targets.transaction_order
                when 'ties_shuffled' then earlier.shuffled_transaction_sequence
                else earlier.transaction_sequence
            end
    group by
        targets.protocol,
        targets.split,
        targets.customer_id,
        targets.transaction_id,
        targets.product_id

)

select * from final
