-- Which products an exclusion forbids: those that contain the ingredient or a member of the family, and those of which
-- nobody knows what they contain. Only exclusions that somebody has searched for or declared: in a shop without
-- ingredient lists all others would be everything times everything.
with query_exclusions as (

    select * from {{ ref('ftr_query_exclusions') }}

),

terms as (

    select * from {{ ref('ref_exclusion_terms') }}

),

declared as (

    select * from {{ ref('bridge_user_avoided_ingredients') }}

),

products as (

    select * from {{ ref('dim_products') }}

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

exclusions as (

    select
        exclusion_kind,
        exclusion_id
    from query_exclusions
    union distinct
    select
        exclusion_kind,
        exclusion_id
    from declared

),

-- An ingredient that the reference data does not know may still say what it is ("natural fragrance blend").
named_by_term as (

    select distinct
        exclusions.exclusion_kind,
        exclusions.exclusion_id,
        ingredients.ingredient_id
    from exclusions
    inner join terms
        on
            exclusions.exclusion_kind = terms.target_kind
            and exclusions.exclusion_id = terms.target_id
    inner join ingredients
        on ' ' || {{ as_words('ingredients.inci_name') }} || ' ' like '% ' || {{ as_words('terms.term') }} || ' %'
    where not ingredients.is_known

),

forbidden_ingredients as (

    select
        exclusion_kind,
        exclusion_id,
        exclusion_id as ingredient_id
    from exclusions
    where exclusion_kind = 'ingredient'
    union distinct
    select
        exclusions.exclusion_kind,
        exclusions.exclusion_id,
        ingredient_families.ingredient_id
    from exclusions
    inner join ingredient_families on exclusions.exclusion_id = ingredient_families.family_id
    where exclusions.exclusion_kind = 'family'
    union distinct
    select
        exclusion_kind,
        exclusion_id,
        ingredient_id
    from named_by_term

),

forbidden_products as (

    select distinct
        forbidden_ingredients.exclusion_kind,
        forbidden_ingredients.exclusion_id,
        product_ingredients.product_id,
        'contains' as reason
    from forbidden_ingredients
    inner join product_ingredients on forbidden_ingredients.ingredient_id = product_ingredients.ingredient_id
    union all
    select
        exclusions.exclusion_kind,
        exclusions.exclusion_id,
        products.product_id,
        'ingredients_unknown' as reason
    from exclusions
    cross join products
    where not products.has_ingredient_list

),

final as (

    select
        -------- ids
        exclusion_kind,
        exclusion_id,
        product_id,

        -------- texts
        -- A list that was named but could not be read gives both; that it contains is the stronger statement.
        min(reason) as reason
    from forbidden_products
    group by
        exclusion_kind,
        exclusion_id,
        product_id

)

select * from final
