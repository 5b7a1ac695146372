{#- The day of a point in time, in any of the formats of parse_timestamp -> date; null if the text is none of them. -#}
{% macro parse_date(expr) -%}
    {{ return(adapter.dispatch('parse_date')(expr)) }}
{%- endmacro %}

{% macro default__parse_date(expr) -%}
    cast({{ parse_timestamp(expr) }} as date)
{%- endmacro %}
