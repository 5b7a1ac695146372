-- The merchandisers' wishes that hold today, by the warehouse's clock, resolved to products.
with rules as (

    select * from {{ ref('ref_merchandising') }}

),

clock as (

    select * from {{ ref('int_as_of') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

categories as (

    select * from {{ ref('ref_categories') }}

),

active as (

    select rules.*
    from rules
    cross join clock
    where
        cast(clock.as_of as date) >= rules.valid_from
        and cast(clock.as_of as date) <= coalesce(rules.valid_until, cast(clock.as_of as date))

),

targeted as (

    select
        active.rule_id,
        products.product_id
    from active
    inner join products on active.target_id = products.product_id
    where active.target_kind = 'product'
    union all
    select
        active.rule_id,
        products.product_id
    from active
    inner join products on lower(active.target_id) = lower(products.brand)
    where active.target_kind = 'brand'
    union all
    -- A category includes those below it.
    select
        active.rule_id,
        products.product_id
    from active
    inner join categories on active.target_id = categories.category_id
    inner join products
        on products.category_path || ' > ' like categories.category_path || ' > %'
    where active.target_kind = 'category'

),

final as (

    select
        -------- ids
        active.rule_id,
        targeted.product_id,

        -------- texts
        active.kind,

        -------- numerics
        active.position,
        active.factor
    from active
    inner join targeted on active.rule_id = targeted.rule_id

)

select * from final
