{#- Body of a CTE with one row: what ref_missing_value_policies says about each of a staging model's columns, as
    `<column>_treatment`. The policy is read while the model runs, so editing the seed changes the treatment and no SQL.
    A column without a policy keeps its null.

    model: name of the staging model, as the seed spells it.
    columns: the columns that the caller asks about. -#}
{% macro column_treatments(model, columns) -%}
    select
        {%- for column in columns %}
        coalesce(max(case when column_name = '{{ column }}' then treatment end), 'keep_null') as {{ column }}_treatment
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ ref('ref_missing_value_policies') }}
    where model = '{{ model }}'
{%- endmacro %}
