-- Which products an exclusion forbids: those that contain the ingredient or a member of the family, and those of which
-- nobody knows what they contain. Only exclusions that somebody has searched for, declared or opted out of: in a shop
-- without ingredient lists all others would be everything times everything.
with query_exclusions as (

    select * from {{ ref('ftr_query_exclusions') }}

),

opt_out_terms as (

    select * from {{ ref('ftr_opt_out_terms') }}

),

declared as (

    select * from {{ ref('bridge_user_avoided_ingredients') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

contents as (

    select * from {{ ref('ftr_exclusion_contents') }}

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
    from opt_out_terms
    union distinct
    select
        exclusion_kind,
        exclusion_id
    from declared

),

forbidden_products as (

    select
        exclusions.exclusion_kind,
        exclusions.exclusion_id,
        contents.product_id,
        'contains' as reason
    from exclusions
    inner join contents
        on
            exclusions.exclusion_kind = contents.exclusion_kind
            and exclusions.exclusion_id = contents.exclusion_id
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
