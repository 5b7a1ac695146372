-- How dear a product is among its kind. A category of a handful of products has no quantiles worth the name: there, the
-- whole catalogue is the measure.
with products as (

    select * from {{ ref('dim_products') }}

),

bands as (

    select * from {{ ref('ref_price_bands') }}

),

ranked as (

    select
        product_id,
        count(*) over (partition by category_id) as category_products,
        percent_rank() over (partition by category_id order by price_eur) as category_quantile,
        percent_rank() over (order by price_eur) as catalogue_quantile
    from products
    where price_eur is not null

),

quantiles as (

    select
        product_id,
        case
            when category_products >= {{ var('price_band_fewest_products') }} then category_quantile
            else catalogue_quantile
        end as price_quantile
    from ranked

),

final as (

    select
        -------- ids
        products.product_id,

        -------- texts
        coalesce(bands.price_band, 'unknown') as price_band,

        -------- numerics
        quantiles.price_quantile
    from products
    left join quantiles on products.product_id = quantiles.product_id
    left join bands on {{ is_in_price_band('quantiles.price_quantile', 'bands') }}

)

select * from final
