-- The rule says what becomes of a row: reject rules reject, merge rules merge, and a kept row failed none.
{% set entities = ['customers', 'products', 'orders', 'order_lines', 'sales', 'loyalty_cards', 'events'] -%}
with screened as (
    {%- for entity in entities %}

    select distinct
        '{{ entity }}' as entity,
        row_outcome,
        rule_id
    from {{ ref('int_' ~ entity ~ '_screened') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

rules as (

    select
        rule_id,
        entity,
        outcome
    from {{ ref('ref_quality_rules') }}

)

select
    screened.entity,
    screened.row_outcome,
    screened.rule_id
from screened
left join rules
    on
        screened.rule_id = rules.rule_id
        and rules.entity in ('any', screened.entity)
where
    case screened.row_outcome
        when 'kept' then screened.rule_id is not null
        when 'merged' then coalesce(rules.outcome, '') <> 'merge'
        when 'rejected' then coalesce(rules.outcome, '') <> 'reject'
        else true
    end
