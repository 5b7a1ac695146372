-- The events of known customers that a feature may see. A view, for the reason given in ftr_visible_purchases.
{{ config(materialized='view') }}

with spine as (

    select * from {{ ref('ftr_spine') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

final as (

    select
        -------- ids
        spine.protocol,
        spine.split,
        spine.customer_id,
        interactions.event_id,
        interactions.product_id,

        -------- texts
        interactions.event_type,
        interactions.query,
        interactions.time_precision,

        -------- numerics
        interactions.rating,

        -------- timestamps
        spine.cutoff_at,
        interactions.occurred_at
    from spine
    inner join interactions
        on
            spine.customer_id = interactions.customer_id
            and spine.cutoff_at > interactions.occurred_at
    -- An event known by its day only may have happened at any hour of it.
    where
        interactions.time_precision <> 'day'
        or cast(interactions.occurred_at as date) < cast(spine.cutoff_at as date)

)

select * from final
