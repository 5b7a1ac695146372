-- The ingredients in what a customer bought. A view: it is as long as purchases times ingredients, and readers want a
-- customer or an ingredient of it.
{{ config(materialized='view') }}

with purchased as (

    select * from {{ ref('ftr_user_products') }}

),

product_ingredients as (

    select * from {{ ref('bridge_product_ingredients') }}

),

final as (

    select
        -------- ids
        purchased.protocol,
        purchased.split,
        purchased.customer_id,
        product_ingredients.ingredient_id,

        -------- numerics
        cast(sum(purchased.times_bought) as bigint) as times_bought,
        count(*) as products_bought
    from purchased
    inner join product_ingredients on purchased.product_id = product_ingredients.product_id
    where purchased.times_bought > 0
    group by
        purchased.protocol,
        purchased.split,
        purchased.customer_id,
        product_ingredients.ingredient_id

)

select * from final
