with products as (

    select * from {{ ref('int_products_unified') }}

),

imputed as (

    select * from {{ ref('int_products_imputed') }}

),

prices as (

    select
        product_id,
        is_price_outlier
    from {{ ref('int_products_priced') }}

),

with_ingredients as (

    select distinct product_id
    from {{ ref('int_product_ingredients') }}

),

final as (

    select
        -- ids
        products.product_id,
        coalesce(products.category_id, 'other') as category_id,

        -- texts
        coalesce(products.product_name, 'Unnamed product') as product_name,
        imputed.brand,
        coalesce(products.category_path, 'Other') as category_path,
        split_part(coalesce(products.category_path, 'Other'), ' > ', 1) as category_level_1,
        nullif(split_part(products.category_path, ' > ', 2), '') as category_level_2,
        nullif(split_part(products.category_path, ' > ', 3), '') as category_level_3,
        products.routine_step,
        products.description,
        products.claims_text,

        -- numbers
        round(imputed.price_eur, 4) as price_eur,
        imputed.is_price_imputed,
        prices.is_price_outlier,
        products.size_value,
        products.size_unit,
        products.average_rating,
        products.rating_count,

        -- sale
        products.launched_on,
        products.stock_quantity,
        coalesce(products.stock_quantity > 0, true) as is_in_stock,
        with_ingredients.product_id is not null as has_ingredient_list

    from products
    inner join imputed on products.product_id = imputed.product_id
    inner join prices on products.product_id = prices.product_id
    left join with_ingredients on products.product_id = with_ingredients.product_id

)

select * from final
