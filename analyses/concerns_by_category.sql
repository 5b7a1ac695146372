-- Which skin concerns do the products of each category target? The twelve largest categories, and the share of their
-- products that are for a concern.
with products as (

    select
        product_id,
        coalesce(category_level_2, category_level_1) as category
    from {{ ref('dim_products') }}
    where category_level_1 is not null and category_level_1 <> 'Other'

),

targeted as (

    select
        product_id,
        concern_id
    from {{ ref('ftr_product_concerns') }}

),

sizes as (

    select
        category,
        count(*) as category_products,
        row_number() over (order by count(*) desc, category asc) as place
    from products
    group by category

),

targeting as (

    select
        products.category,
        targeted.concern_id,
        count(distinct products.product_id) as products
    from products
    inner join targeted on products.product_id = targeted.product_id
    group by
        products.category,
        targeted.concern_id

)

select
    targeting.category,
    targeting.concern_id,
    targeting.products,
    sizes.category_products,
    {{ safe_divide('targeting.products', 'sizes.category_products') }} as share
from targeting
inner join sizes on targeting.category = sizes.category
where sizes.place <= 12
order by
    sizes.place asc,
    targeting.concern_id asc
