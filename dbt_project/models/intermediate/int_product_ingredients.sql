with mentions as (

    select * from {{ ref('int_ingredient_mentions') }}

),

ingredients as (

    select
        ingredient_name,
        ingredient_id
    from {{ ref('int_ingredients_resolved') }}

),

-- An ingredient that is named twice counts where it is named first: there it has its largest share.
first_mentions as (

    select
        mentions.product_id,
        ingredients.ingredient_id,
        min(mentions.mention_position) as mention_position
    from mentions
    inner join ingredients on mentions.ingredient_name = ingredients.ingredient_name
    group by mentions.product_id, ingredients.ingredient_id

)

select
    product_id,
    ingredient_id,
    row_number() over (partition by product_id order by mention_position) as position
from first_mentions
