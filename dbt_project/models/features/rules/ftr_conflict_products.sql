-- The products on either side of a conflict: those that stay on the face and contain the ingredient, or a member of the
-- family, at a place in the list that makes it an active and no adjuster of acidity.
with conflicts as (

    select * from {{ ref('ref_ingredient_conflicts') }}

),

steps as (

    select * from {{ ref('ref_routine_steps') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

product_ingredients as (

    select * from {{ ref('bridge_product_ingredients') }}

),

ingredient_families as (

    select * from {{ ref('bridge_ingredient_families') }}

),

sides as (

    select
        conflict_id,
        'a' as side,
        a_kind as target_kind,
        a_id as target_id,
        a_max_position as max_position
    from conflicts
    union all
    select
        conflict_id,
        'b' as side,
        b_kind as target_kind,
        b_id as target_id,
        b_max_position as max_position
    from conflicts

),

side_ingredients as (

    select
        conflict_id,
        side,
        max_position,
        target_id as ingredient_id
    from sides
    where target_kind = 'ingredient'
    union all
    select
        sides.conflict_id,
        sides.side,
        sides.max_position,
        ingredient_families.ingredient_id
    from sides
    inner join ingredient_families on sides.target_id = ingredient_families.family_id
    where sides.target_kind = 'family'

),

containing as (

    select
        side_ingredients.conflict_id,
        side_ingredients.side,
        products.product_id,
        side_ingredients.ingredient_id,
        row_number() over (
            partition by side_ingredients.conflict_id, side_ingredients.side, products.product_id
            order by product_ingredients.position, side_ingredients.ingredient_id
        ) as place
    from side_ingredients
    inner join product_ingredients on side_ingredients.ingredient_id = product_ingredients.ingredient_id
    inner join products on product_ingredients.product_id = products.product_id
    inner join steps on products.routine_step = steps.routine_step
    where
        steps.stays_on_face
        and product_ingredients.position <= coalesce(side_ingredients.max_position, product_ingredients.position)

),

final as (

    select
        -------- ids
        conflict_id,
        side,
        product_id,
        ingredient_id
    from containing
    where place = 1

)

select * from final
