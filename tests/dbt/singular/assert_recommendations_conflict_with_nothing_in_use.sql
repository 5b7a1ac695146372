-- Recomputed from ingredients and conflicts, not from the list that the model was given: an error in that list must not
-- hide itself. Only conflicts to be avoided; of the others the customer is told (assert_cautions_are_said).
with conflicts as (

    select * from {{ ref('ref_ingredient_conflicts') }}
    where severity = 'avoid'

),

in_use as (

    select
        customer_id,
        product_id
    from {{ ref('ftr_user_products_in_use') }}
    where protocol = 'serving'

),

face_ingredients as (

    select
        ingredients.product_id,
        ingredients.ingredient_id,
        ingredients.position
    from {{ ref('bridge_product_ingredients') }} as ingredients
    inner join {{ ref('dim_products') }} as products on ingredients.product_id = products.product_id
    inner join {{ ref('ref_routine_steps') }} as steps on products.routine_step = steps.routine_step
    where steps.stays_on_face

),

-- What an ingredient is called in a conflict: by itself, or by a family.
names as (

    select
        ingredient_id,
        'ingredient' as kind,
        ingredient_id as name
    from {{ ref('dim_ingredients') }}
    union all
    select
        ingredient_id,
        'family' as kind,
        family_id as name
    from {{ ref('bridge_ingredient_families') }}

),

named as (

    select
        face_ingredients.product_id,
        face_ingredients.position,
        names.kind,
        names.name
    from face_ingredients
    inner join names on face_ingredients.ingredient_id = names.ingredient_id

),

-- Either side may be the one in use.
both_ways as (

    select
        conflict_id,
        a_kind as used_kind,
        a_id as used_id,
        coalesce(a_max_position, 1000000) as used_position,
        b_kind as shown_kind,
        b_id as shown_id,
        coalesce(b_max_position, 1000000) as shown_position
    from conflicts
    union all
    select
        conflict_id,
        b_kind as used_kind,
        b_id as used_id,
        coalesce(b_max_position, 1000000) as used_position,
        a_kind as shown_kind,
        a_id as shown_id,
        coalesce(a_max_position, 1000000) as shown_position
    from conflicts

)

select distinct
    recommendations.customer_id,
    recommendations.product_id,
    in_use.product_id as product_in_use,
    both_ways.conflict_id
from {{ ref('recommendations') }} as recommendations
inner join in_use
    on
        recommendations.customer_id = in_use.customer_id
        and recommendations.product_id <> in_use.product_id
inner join named as used on in_use.product_id = used.product_id
inner join both_ways
    on
        used.kind = both_ways.used_kind
        and used.name = both_ways.used_id
        and used.position <= both_ways.used_position
inner join named as shown
    on
        recommendations.product_id = shown.product_id
        and both_ways.shown_kind = shown.kind
        and both_ways.shown_id = shown.name
        and both_ways.shown_position >= shown.position
