select
    recommendations.customer_id,
    recommendations.product_id
from {{ ref('recommendations') }} as recommendations
left join {{ ref('dim_products') }} as products on recommendations.product_id = products.product_id
where not coalesce(products.is_in_stock, false)
