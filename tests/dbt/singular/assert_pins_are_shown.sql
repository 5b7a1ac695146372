-- A pinned product is shown to everybody for whom no rule speaks against it. Whoever bought it before is left out: it
-- may or may not be due.
with pins as (

    select
        pinned.rule_id,
        pinned.product_id
    from {{ ref('ftr_merchandising') }} as pinned
    inner join {{ ref('dim_products') }} as products on pinned.product_id = products.product_id
    where
        pinned.kind = 'pin'
        and products.is_in_stock

),

customers as (

    select customer_id from {{ ref('dim_users') }}
    where is_active

),

forbidden as (

    {{ forbidden_products() }}
    union distinct
    select
        customer_id,
        product_id
    from {{ ref('fct_transactions') }}
    where is_purchase

)

select
    customers.customer_id,
    pins.rule_id,
    pins.product_id
from customers
cross join pins
left join forbidden
    on
        customers.customer_id = forbidden.customer_id
        and pins.product_id = forbidden.product_id
left join {{ ref('recommendations') }} as recommendations
    on
        customers.customer_id = recommendations.customer_id
        and pins.product_id = recommendations.product_id
where
    forbidden.product_id is null
    and recommendations.product_id is null
