-- Recomputed from the facts: whatever a customer ever bought is shown again only when it is due, unless there is too
-- little else that could be shown: everybody gets exactly k.
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

),

repeated as (

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

),

-- Only for the customers in question: what they could have been shown instead.
alternatives as (

    select
        customers.customer_id,
        products.product_id
    from (select distinct repeated.customer_id from repeated) as customers
    cross join {{ ref('dim_products') }} as products
    left join bought
        on
            customers.customer_id = bought.customer_id
            and products.product_id = bought.product_id
    where products.is_in_stock and bought.product_id is null

),

forbidden as (

    {{ forbidden_products() }}

),

well_supplied as (

    select alternatives.customer_id
    from alternatives
    left join forbidden
        on
            alternatives.customer_id = forbidden.customer_id
            and alternatives.product_id = forbidden.product_id
    where forbidden.product_id is null
    group by alternatives.customer_id
    having count(*) >= {{ var('recommendations_per_customer') }}

)

select
    repeated.customer_id,
    repeated.product_id
from repeated
inner join well_supplied on repeated.customer_id = well_supplied.customer_id
