{%- set entities = [
    ('crm', 'customers'),
    ('catalog', 'products'),
    ('webshop', 'orders'),
    ('webshop', 'order_lines'),
    ('pos', 'sales'),
    ('pos', 'loyalty_cards'),
    ('app', 'events'),
] -%}
-- The events of the landing zone are events like others.
with extracts as (
    {%- for system, entity in entities %}

    select
        '{{ system }}' as source_system,
        '{{ entity }}' as entity,
        count(*) as raw_rows,
        count(case when not {{ is_not_erased() }} then 1 end) as erased_rows
    from {{ loaded_source(system, entity) }}
    union all
    {%- endfor %}

    select
        'app' as source_system,
        'events' as entity,
        count(*) as raw_rows,
        count(case when not {{ is_not_erased() }} then 1 end) as erased_rows
    from {{ loaded_source('app', 'landed_events') }}

),

received as (

    select
        source_system,
        entity,
        cast(sum(raw_rows) as bigint) as raw_rows,
        cast(sum(erased_rows) as bigint) as erased_rows
    from extracts
    group by source_system, entity

),

accounted as (
    {%- for system, entity in entities %}

    select
        '{{ system }}' as source_system,
        '{{ entity }}' as entity,
        count(case when row_outcome = 'kept' then 1 end) as kept_rows,
        count(case when row_outcome = 'merged' then 1 end) as merged_rows,
        count(case when row_outcome = 'rejected' then 1 end) as rejected_rows
    from {{ ref('int_' ~ entity ~ '_screened') }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

final as (

    select
        concat(received.source_system, '.', received.entity) as ledger_id,
        received.source_system,
        received.entity,
        received.raw_rows,
        accounted.kept_rows,
        accounted.merged_rows,
        accounted.rejected_rows,
        received.erased_rows,
        received.raw_rows
        = accounted.kept_rows + accounted.merged_rows + accounted.rejected_rows + received.erased_rows as is_balanced
    from received
    inner join accounted
        on
            received.source_system = accounted.source_system
            and received.entity = accounted.entity

)

select * from final
