{#- Addresses are masked: they stay in staging, where the row can be looked up by its number. -#}
{#- Each entity: its screened rows, its staging rows, and the columns of its business key. -#}
{%- set entities = [
    ('crm', 'customers', ['customer_id']),
    ('catalog', 'products', ['product_id']),
    ('webshop', 'orders', ['order_id']),
    ('webshop', 'order_lines', ['order_id', 'line_number']),
    ('pos', 'sales', ['store', 'transaction_id', 'line_number']),
    ('pos', 'loyalty_cards', ['card_number']),
    ('app', 'events', ['event_id']),
] -%}
with
{%- for system, entity, key in entities %}

{{ entity }} as (

    select
        '{{ system }}' as source_system,
        '{{ entity }}' as entity,
        source_row_number,
        rule_id
    from {{ ref('int_' ~ entity ~ '_screened') }}
    where row_outcome = 'rejected'

),

{{ entity }}_originals as (

    select
        source_row_number,
        {{ concat_key(key) }} as business_key,
        raw_record,
        extracted_at
    from {{ ref('stg_' ~ system ~ '__' ~ entity) }}

),
{%- endfor %}

final as (
    {%- for system, entity, key in entities %}

    select
        concat('{{ system }}.{{ entity }}:', {{ entity }}.source_row_number) as rejection_id,
        {{ entity }}.source_system,
        {{ entity }}.entity,
        {{ entity }}.source_row_number,
        {{ entity }}_originals.business_key,
        {{ entity }}.rule_id,
        {{ mask_addresses(entity ~ '_originals.raw_record') }} as raw_record,
        {{ entity }}_originals.extracted_at
    from {{ entity }}
    inner join {{ entity }}_originals on {{ entity }}.source_row_number = {{ entity }}_originals.source_row_number
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select * from final
