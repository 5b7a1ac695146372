-- What a product is, as weighted terms: the content model's input. One long table, so that a new kind of term is a new
-- branch here and nothing elsewhere.
with products as (

    select * from {{ ref('dim_products') }}

),

product_ingredients as (

    select * from {{ ref('bridge_product_ingredients') }}

),

ingredient_families as (

    select * from {{ ref('bridge_ingredient_families') }}

),

product_concerns as (

    select * from {{ ref('ftr_product_concerns') }}

),

product_skin_types as (

    select * from {{ ref('ftr_product_skin_types') }}

),

price_bands as (

    select * from {{ ref('ftr_product_price_bands') }}

),

terms as (

    select
        product_id,
        'ingredient' as term_kind,
        ingredient_id as term,
        {{ position_weight('position') }} as weight
    from product_ingredients
    union all
    select
        product_ingredients.product_id,
        'ingredient_family' as term_kind,
        ingredient_families.family_id as term,
        {{ position_weight('product_ingredients.position') }} as weight
    from product_ingredients
    inner join ingredient_families on product_ingredients.ingredient_id = ingredient_families.ingredient_id
    union all
    select
        product_id,
        'concern' as term_kind,
        concern_id as term,
        weight
    from product_concerns
    union all
    select
        product_id,
        'skin_type' as term_kind,
        skin_type_id as term,
        weight
    from product_skin_types
    union all
    select
        product_id,
        'brand' as term_kind,
        brand as term,
        1.0 as weight
    from products
    union all
    -- Each level with the levels above it: "Eye" below "Makeup" is not "Eye" below "Skincare".
    select
        product_id,
        'category' as term_kind,
        category_level_1 as term,
        1.0 as weight
    from products
    union all
    select
        product_id,
        'category' as term_kind,
        category_level_1 || ' > ' || category_level_2 as term,
        1.0 as weight
    from products
    union all
    select
        product_id,
        'category' as term_kind,
        category_level_1 || ' > ' || category_level_2 || ' > ' || category_level_3 as term,
        1.0 as weight
    from products
    union all
    select
        product_id,
        'category' as term_kind,
        category_path as term,
        1.0 as weight
    from products
    union all
    select
        product_id,
        'price_band' as term_kind,
        price_band as term,
        1.0 as weight
    from price_bands
    where price_band <> 'unknown'

),

final as (

    select
        -------- ids
        product_id,
        term_kind,
        term,

        -------- numerics
        round(cast(max(weight) as double), 6) as weight
    from terms
    where
        term is not null
        and weight > 0
    group by
        product_id,
        term_kind,
        term

)

select * from final
