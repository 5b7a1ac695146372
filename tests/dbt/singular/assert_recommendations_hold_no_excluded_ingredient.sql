-- Recomputed from the customer's exclusions and the products' ingredients, not from the list that the model was given:
-- an error in that list must not hide itself. A product without an ingredient list cannot be shown to be safe.
with exclusions as (

    select
        customer_id,
        exclusion_kind,
        exclusion_id
    from {{ ref('ftr_user_exclusions') }}
    where protocol = 'serving'

),

recommended as (

    select
        recommendations.customer_id,
        recommendations.product_id,
        products.has_ingredient_list
    from {{ ref('recommendations') }} as recommendations
    inner join {{ ref('dim_products') }} as products on recommendations.product_id = products.product_id
    where recommendations.customer_id in (select exclusions.customer_id from exclusions)

),

ingredients as (

    select
        product_id,
        ingredient_id
    from {{ ref('bridge_product_ingredients') }}

),

families as (

    select
        ingredient_id,
        family_id
    from {{ ref('bridge_ingredient_families') }}

),

offending_ingredients as (

    select
        recommended.customer_id,
        recommended.product_id,
        exclusions.exclusion_id
    from recommended
    inner join ingredients on recommended.product_id = ingredients.product_id
    inner join exclusions
        on
            recommended.customer_id = exclusions.customer_id
            and exclusions.exclusion_kind = 'ingredient'
            and ingredients.ingredient_id = exclusions.exclusion_id

),

offending_families as (

    select
        recommended.customer_id,
        recommended.product_id,
        exclusions.exclusion_id
    from recommended
    inner join ingredients on recommended.product_id = ingredients.product_id
    inner join families on ingredients.ingredient_id = families.ingredient_id
    inner join exclusions
        on
            recommended.customer_id = exclusions.customer_id
            and exclusions.exclusion_kind = 'family'
            and families.family_id = exclusions.exclusion_id

),

unknown_ingredients as (

    select
        customer_id,
        product_id,
        'ingredients unknown' as exclusion_id
    from recommended
    where not has_ingredient_list

)

select * from offending_ingredients
union all
select * from offending_families
union all
select * from unknown_ingredients
