{#- True for a row that lacks a value without which it says nothing: the column's policy is `drop_row`.

    relation: alias of the rows in scope.
    columns: the columns to look at.
    treatments: alias of a `column_treatments` CTE in scope. -#}
{% macro lacks_required_value(relation, columns, treatments='treatments') -%}
    (
        {%- for column in columns %}
        {{ "or " if not loop.first }}({{ relation }}.{{ column }} is null and {{ treatments }}.{{ column }}_treatment = 'drop_row')
        {%- endfor %}
    )
{%- endmacro %}
