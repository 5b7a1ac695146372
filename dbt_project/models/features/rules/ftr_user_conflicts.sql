-- Which side of a conflict a customer should not be offered, because a product in use stands on the other side.
with in_use as (

    select * from {{ ref('ftr_user_products_in_use') }}

),

conflict_products as (

    select * from {{ ref('ftr_conflict_products') }}

),

conflicts as (

    select * from {{ ref('ref_ingredient_conflicts') }}

),

final as (

    select
        -------- ids
        in_use.protocol,
        in_use.split,
        in_use.customer_id,
        conflict_products.conflict_id,
        case conflict_products.side when 'a' then 'b' else 'a' end as conflicting_side,
        in_use.product_id as evidence_product_id,
        conflict_products.ingredient_id as evidence_ingredient_id,

        -------- texts
        conflicts.severity,
        conflicts.reason
    from in_use
    inner join conflict_products on in_use.product_id = conflict_products.product_id
    inner join conflicts on conflict_products.conflict_id = conflicts.conflict_id

)

select * from final
