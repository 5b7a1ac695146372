-- A policy that no model can follow would be ignored in silence: these columns can be imputed, from these groups.
{% set possible = {
    'stg_crm__customers': {
        'columns': 'age|gender|country|region|skin_type',
        'groups': 'gender|country_code|region|age_band|skin_type',
    },
    'stg_catalog__products': {'columns': 'price|brand', 'groups': 'category_id|brand|routine_step'},
    'stg_webshop__order_lines': {'columns': 'unit_price', 'groups': 'product_id'},
    'stg_pos__sales': {'columns': 'unit_price', 'groups': 'product_id'},
} -%}
with policies as (

    select
        model,
        column_name,
        treatment,
        concat('+', coalesce(group_columns, ''), '+') as group_columns
    from {{ ref('ref_missing_value_policies') }}
    where treatment in ('group_median', 'group_draw')

),

judged as (

    select
        model,
        column_name,
        treatment,
        group_columns,
        case model
            {%- for model, names in possible.items() %}
            when '{{ model }}' then {{ regexp_matches('column_name', "'^(" ~ names.columns ~ ")$'") }}
            {%- endfor %}
            else false
        end as is_column_known,
        case model
            {%- for model, names in possible.items() %}
            when '{{ model }}' then {{ regexp_matches('group_columns', "'^[+](((" ~ names.groups ~ ")[+])*|[+])$'") }}
            {%- endfor %}
        end as are_groups_known
    from policies

)

select
    model,
    column_name,
    treatment,
    group_columns
from judged
where
    not is_column_known
    or not coalesce(are_groups_known, true)
