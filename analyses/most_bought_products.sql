-- The fifty most bought products, and how often their buyers came back for them.
with features as (

    select
        product_id,
        purchases,
        buyers,
        repurchase_rate,
        repurchase_interval_days,
        shrunken_rating
    from {{ ref('ftr_products') }}
    where protocol = 'serving'

),

products as (

    select
        product_id,
        product_name,
        brand,
        category_path
    from {{ ref('dim_products') }}

)

select
    products.product_name,
    products.brand,
    products.category_path,
    features.purchases,
    features.buyers,
    features.repurchase_rate,
    features.repurchase_interval_days,
    features.shrunken_rating
from features
inner join products on features.product_id = products.product_id
order by
    features.purchases desc,
    products.product_name asc
limit 50
