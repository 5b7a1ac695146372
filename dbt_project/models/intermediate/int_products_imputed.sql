{%- set profile = ['category_id', 'brand', 'routine_step'] -%}
with products as (

    select * from {{ ref('int_products_unified') }}

),

prices as (

    select * from {{ ref('int_products_priced') }}

),

stated as (

    select
        products.product_id,
        products.brand,
        coalesce(products.category_id, 'other') as category_id,
        products.routine_step,
        prices.price_eur as price
    from products
    inner join prices on products.product_id = prices.product_id

),

brands as (

    {{ impute_column('stated', 'product_id', 'brand', 'stg_catalog__products', profile, unknown="'unknown'") }}

),

imputed_prices as (

    {{ impute_column('stated', 'product_id', 'price', 'stg_catalog__products', profile) }}

)

select
    stated.product_id,
    brands.brand,
    brands.is_brand_imputed,
    imputed_prices.price as price_eur,
    imputed_prices.is_price_imputed
from stated
inner join brands on stated.product_id = brands.product_id
inner join imputed_prices on stated.product_id = imputed_prices.product_id
