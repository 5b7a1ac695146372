-- A merged row lives on in a row that is itself kept; only merged rows name one.
{% set entities = ['customers', 'products', 'orders', 'order_lines', 'sales', 'loyalty_cards', 'events'] -%}
with
{%- for entity in entities %}

{{ entity }} as (

    select
        source_row_number,
        row_outcome,
        merged_into_row_number
    from {{ ref('int_' ~ entity ~ '_screened') }}

),
{%- endfor %}

orphans as (
    {%- for entity in entities %}

    select
        '{{ entity }}' as entity,
        lost.source_row_number,
        lost.row_outcome,
        lost.merged_into_row_number
    from {{ entity }} as lost
    left join {{ entity }} as survivors
        on
            lost.merged_into_row_number = survivors.source_row_number
            and survivors.row_outcome = 'kept'
    where
        (lost.row_outcome = 'merged' and survivors.source_row_number is null)
        or (lost.row_outcome <> 'merged' and lost.merged_into_row_number is not null)
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select * from orphans
