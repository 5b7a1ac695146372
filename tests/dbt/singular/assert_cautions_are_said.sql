-- A product that goes badly with one in use is shown with a sentence that says so, and no other product is.
with careful as (

    select distinct
        conflicts.customer_id,
        products.product_id
    from {{ ref('ftr_user_conflicts') }} as conflicts
    inner join {{ ref('ftr_conflict_products') }} as products
        on
            conflicts.conflict_id = products.conflict_id
            and conflicts.conflicting_side = products.side
            and conflicts.evidence_product_id <> products.product_id
    where
        conflicts.protocol = 'serving'
        and conflicts.severity = 'caution'

)

select
    recommendations.customer_id,
    recommendations.product_id,
    recommendations.caution
from {{ ref('recommendations') }} as recommendations
left join careful
    on
        recommendations.customer_id = careful.customer_id
        and recommendations.product_id = careful.product_id
where (recommendations.caution is null) <> (careful.product_id is null)
