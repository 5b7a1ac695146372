{%- set given = var('as_of') | string | trim -%}
{%- set extracts = [
    'stg_crm__customers',
    'stg_catalog__products',
    'stg_webshop__orders',
    'stg_webshop__order_lines',
    'stg_pos__sales',
    'stg_pos__loyalty_cards',
    'stg_app__events',
] -%}
with extraction_times as (
    {%- for extract in extracts %}

    select max(extracted_at) as extracted_at
    from {{ ref(extract) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

)

select max({% if given %}cast('{{ given }}' as timestamp){% else %}extracted_at{% endif %}) as as_of
from extraction_times
