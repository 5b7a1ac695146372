with known_ingredients as (

    select * from {{ ref('ref_ingredients') }}

),

resolved as (

    select * from {{ ref('int_ingredients_resolved') }}

),

-- Several notations of an unknown name are one ingredient; the shortest of them is shown.
unknown_ingredients as (

    select
        ingredient_id,
        plain_name,
        row_number() over (partition by ingredient_id order by length(plain_name), plain_name) as place
    from resolved
    where not is_known

),

final as (

    select
        ingredient_id,
        inci_name,
        function,
        true as is_known
    from known_ingredients
    union all
    select
        ingredient_id,
        plain_name as inci_name,
        cast(null as varchar) as function,
        false as is_known
    from unknown_ingredients
    where place = 1

)

select * from final
