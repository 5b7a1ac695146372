-- The audit and the list agree: what is on record as kept from a customer is not shown to them.
select
    blocked.customer_id,
    blocked.product_id,
    blocked.rule
from {{ ref('blocked_recommendations') }} as blocked
inner join {{ ref('recommendations') }} as recommendations
    on
        blocked.customer_id = recommendations.customer_id
        and blocked.product_id = recommendations.product_id
