-- Says in words what is wrong with a merchandiser's rule. Rules that are over are left in peace: what they speak of may
-- have left the shop.
with rules as (

    select rules.*
    from {{ ref('ref_merchandising') }} as rules
    cross join {{ ref('int_as_of') }} as clock
    where coalesce(rules.valid_until >= cast(clock.as_of as date), true)

),

targets as (

    select
        'product' as target_kind,
        product_id as target_id
    from {{ ref('dim_products') }}
    union distinct
    select
        'brand' as target_kind,
        lower(brand) as target_id
    from {{ ref('dim_products') }}
    union distinct
    select
        'category' as target_kind,
        category_id as target_id
    from {{ ref('ref_categories') }}

),

judged as (

    select
        rules.rule_id,
        case
            when rules.kind = 'pin' and rules.target_kind <> 'product' then 'a pin names a product'
            when rules.kind = 'pin' and (rules.position is null or rules.factor is not null)
                then 'a pin has a position and no factor'
            when rules.kind = 'pin' and rules.position not between 1 and {{ var('recommendations_per_customer') }}
                then 'a pin stands between 1 and {{ var('recommendations_per_customer') }}'
            when rules.kind <> 'pin' and (rules.factor is null or rules.position is not null)
                then 'a boost or bury has a factor and no position'
            when rules.kind = 'boost' and (rules.factor <= 1 or rules.factor > 10)
                then 'a boost is more than 1 and at most 10'
            when rules.kind = 'bury' and (rules.factor < 0 or rules.factor >= 1)
                then 'a bury is at least 0 and less than 1'
            when rules.valid_until < rules.valid_from then 'it ends before it begins'
            when targets.target_id is null
                then 'the shop knows no ' || rules.target_kind || ' ' || coalesce(rules.target_id, '')
        end as problem
    from rules
    left join targets
        on
            rules.target_kind = targets.target_kind
            and case rules.target_kind when 'brand' then lower(rules.target_id) else rules.target_id end
            = targets.target_id

)

select
    rule_id,
    problem
from judged
where problem is not null
