{#- Text without its surrounding blanks, and null where nothing is left: extracts write "no value" in both ways. -#}
{% macro blank_to_null(expr) -%}
    {{ return(adapter.dispatch('blank_to_null')(expr)) }}
{%- endmacro %}

{% macro default__blank_to_null(expr) -%}
    nullif(trim(cast({{ expr }} as varchar)), '')
{%- endmacro %}

{% macro spark__blank_to_null(expr) -%}
    nullif(trim(cast({{ expr }} as string)), '')
{%- endmacro %}
