{#- The columns of a business key as one text, null if all of them are. -#}
{% macro concat_key(columns) -%}
    nullif(concat_ws(' / ', {{ columns | join(', ') }}), '')
{%- endmacro %}
