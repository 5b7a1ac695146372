with products as (

    select * from {{ ref('int_products_unified') }}

),

price_rule as (

    select treatment
    from {{ ref('ref_outlier_rules') }}
    where measure = 'product_price_eur'

),

categorised as (

    select
        product_id,
        coalesce(category_id, 'other') as category_id,
        price_eur
    from products

),

price_limits as (

    {{ outlier_limits('categorised', 'price_eur', 'product_price_eur', 'category_id') }}

)

select
    categorised.product_id,
    categorised.price_eur as stated_price_eur,
    {{ is_outlier('categorised.price_eur', 'price_limits.low', 'price_limits.high') }}
    or coalesce(categorised.price_eur <= 0, false) as is_price_outlier,
    case
        when categorised.price_eur > 0
            then {{ treat_outlier(
                'categorised.price_eur', 'price_rule.treatment', 'price_limits.low', 'price_limits.high'
            ) }}
    end as price_eur
from categorised
cross join price_rule
left join price_limits on categorised.category_id = price_limits.category_id
