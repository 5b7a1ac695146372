-- Whoever is told that a step is missing has nothing in use for it, and is shown a product of that step.
select
    recommendations.customer_id,
    recommendations.product_id,
    recommendations.evidence_routine_step
from {{ ref('recommendations') }} as recommendations
inner join {{ ref('dim_products') }} as products on recommendations.product_id = products.product_id
left join {{ ref('ftr_user_products_in_use') }} as in_use
    on
        recommendations.customer_id = in_use.customer_id
        and recommendations.evidence_routine_step = in_use.routine_step
        and in_use.protocol = 'serving'
where
    (recommendations.reason_code = 'completes_routine') <> (recommendations.evidence_routine_step is not null)
    or recommendations.evidence_routine_step <> products.routine_step
    or in_use.product_id is not null
