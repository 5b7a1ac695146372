-- Recomputed from the facts: whatever a customer ever bought is shown again only when it is due, and what got one star
-- not at all, unless there is too little else that could be shown: everybody gets exactly k.
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

ratings as (

    select
        customer_id,
        product_id,
        rating,
        row_number() over (
            partition by customer_id, product_id
            order by occurred_at desc, event_id desc
        ) as place
    from {{ ref('fct_interactions') }}
    where rating is not null

),

disliked as (

    select
        customer_id,
        product_id
    from ratings
    where place = 1 and rating <= 1

),

unwanted as (

    select
        bought.customer_id,
        bought.product_id
    from bought
    left join due
        on
            bought.customer_id = due.customer_id
            and bought.product_id = due.product_id
    where due.product_id is null
    union
    select
        customer_id,
        product_id
    from disliked

),

shown as (

    select
        recommendations.customer_id,
        recommendations.product_id
    from {{ ref('recommendations') }} as recommendations
    inner join unwanted
        on
            recommendations.customer_id = unwanted.customer_id
            and recommendations.product_id = unwanted.product_id

),

-- Only for the customers in question: what they could have been shown instead.
alternatives as (

    select
        customers.customer_id,
        products.product_id
    from (select distinct shown.customer_id from shown) as customers
    cross join {{ ref('dim_products') }} as products
    left join unwanted
        on
            customers.customer_id = unwanted.customer_id
            and products.product_id = unwanted.product_id
    left join bought
        on
            customers.customer_id = bought.customer_id
            and products.product_id = bought.product_id
    where products.is_in_stock and unwanted.product_id is null and bought.product_id is null

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
    shown.customer_id,
    shown.product_id
from shown
inner join well_supplied on shown.customer_id = well_supplied.customer_id
