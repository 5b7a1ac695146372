-- The repurchase gaps that a feature may see: those whose closing purchase is visible. A view, like its siblings.
{{ config(materialized='view') }}

with spine as (

    select * from {{ ref('ftr_spine') }}

),

gaps as (

    select * from {{ ref('ftr_repurchase_gaps') }}

),

final as (

    select
        -------- ids
        spine.protocol,
        spine.split,
        gaps.customer_id,
        gaps.product_id,

        -------- numerics
        gaps.days_per_unit,

        -------- timestamps
        gaps.ordered_on
    from spine
    inner join gaps
        on
            spine.customer_id = gaps.customer_id
            and (
                spine.cutoff_sequence is null
                or spine.cutoff_sequence > case spine.transaction_order
                    when 'ties_shuffled' then gaps.shuffled_transaction_sequence
                    else gaps.transaction_sequence
                end
            )

)

select * from final
