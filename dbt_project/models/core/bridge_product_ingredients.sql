with product_ingredients as (

    select * from {{ ref('int_product_ingredients') }}

),

final as (

    select
        product_id,
        ingredient_id,
        cast(position as integer) as position
    from product_ingredients

)

select * from final
