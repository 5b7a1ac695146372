-- Recomputed from the facts: whatever a customer ever bought is shown again only when it is due.
with bought as (

    select distinct
        customer_id,
        product_id
    from {{ ref('fct_transactions') }}
    where is_purchase and customer_id is not null

),

due as (

    select
        customer_id,
        product_id
    from {{ ref('ftr_user_products') }}
    where protocol = 'serving' and is_due

)

select
    recommendations.customer_id,
    recommendations.product_id
from {{ ref('recommendations') }} as recommendations
inner join bought
    on
        recommendations.customer_id = bought.customer_id
        and recommendations.product_id = bought.product_id
left join due
    on
        recommendations.customer_id = due.customer_id
        and recommendations.product_id = due.product_id
where due.product_id is null
