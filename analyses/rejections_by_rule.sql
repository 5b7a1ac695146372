-- What was rejected, by which rule, and what to do about it.
with rejections as (

    select
        source_system,
        entity,
        rule_id,
        count(*) as rejected_rows
    from {{ ref('quality_rejections') }}
    group by
        source_system,
        entity,
        rule_id

),

rules as (

    select distinct
        rule_id,
        description,
        what_to_do
    from {{ ref('ref_quality_rules') }}

)

select
    rejections.source_system,
    rejections.entity,
    rejections.rule_id,
    rejections.rejected_rows,
    rules.description,
    rules.what_to_do
from rejections
left join rules on rejections.rule_id = rules.rule_id
order by
    rejections.rejected_rows desc,
    rejections.rule_id asc
