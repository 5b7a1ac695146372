-- How often today's lists show each product that could be shown, beside how it sells and how it is liked.
with products as (

    select
        product_id,
        is_in_stock
    from {{ ref('dim_products') }}

),

features as (

    select
        product_id,
        purchases,
        shrunken_rating
    from {{ ref('ftr_products') }}
    where protocol = 'serving'

),

shown as (

    select
        product_id,
        count(*) as times_shown
    from {{ ref('recommendations') }}
    group by product_id

),

final as (

    select
        products.product_id,
        products.is_in_stock,
        coalesce(shown.times_shown, 0) as times_shown,
        features.purchases,
        features.shrunken_rating as rating
    from products
    inner join features on products.product_id = features.product_id
    left join shown on products.product_id = shown.product_id
    where
        products.is_in_stock
        or shown.times_shown > 0

)

select * from final
