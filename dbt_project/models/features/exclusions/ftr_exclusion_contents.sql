-- Which products contain what people may want left out: every ingredient and every family of the catalogue, whether or
-- not anybody has asked for it yet. A new customer may ask for any of them.
with terms as (

    select * from {{ ref('ref_exclusion_terms') }}

),

product_ingredients as (

    select * from {{ ref('bridge_product_ingredients') }}

),

ingredients as (

    select * from {{ ref('dim_ingredients') }}

),

ingredient_families as (

    select * from {{ ref('bridge_ingredient_families') }}

),

-- An ingredient that the reference data does not know may still say what it is ("natural fragrance blend").
named_by_term as (

    select distinct
        terms.target_kind as exclusion_kind,
        terms.target_id as exclusion_id,
        ingredients.ingredient_id
    from terms
    inner join ingredients
        on ' ' || {{ as_words('ingredients.inci_name') }} || ' ' like '% ' || {{ as_words('terms.term') }} || ' %'
    where not ingredients.is_known

),

meant_ingredients as (

    select
        'ingredient' as exclusion_kind,
        ingredient_id as exclusion_id,
        ingredient_id
    from ingredients
    union distinct
    select
        'family' as exclusion_kind,
        family_id as exclusion_id,
        ingredient_id
    from ingredient_families
    union distinct
    select
        exclusion_kind,
        exclusion_id,
        ingredient_id
    from named_by_term

),

final as (

    select distinct
        -------- ids
        meant_ingredients.exclusion_kind,
        meant_ingredients.exclusion_id,
        product_ingredients.product_id
    from meant_ingredients
    inner join product_ingredients on meant_ingredients.ingredient_id = product_ingredients.ingredient_id

)

select * from final
