-- Which skin concerns do the products of each routine step target, and which do customers shop for?
with products as (

    select
        product_id,
        coalesce(routine_step, 'other') as routine_step
    from {{ ref('dim_products') }}

),

targeted as (

    select
        product_id,
        concern_id,
        weight
    from {{ ref('ftr_product_concerns') }}

),

bought as (

    select
        product_id,
        count(distinct customer_id) as buyers
    from {{ ref('fct_transactions') }}
    where is_purchase
    group by product_id

)

select
    products.routine_step,
    targeted.concern_id,
    count(*) as products,
    round(avg(targeted.weight), 3) as average_weight,
    coalesce(sum(bought.buyers), 0) as buyers
from targeted
inner join products on targeted.product_id = products.product_id
left join bought on targeted.product_id = bought.product_id
group by
    products.routine_step,
    targeted.concern_id
order by
    products.routine_step asc,
    buyers desc,
    targeted.concern_id asc
