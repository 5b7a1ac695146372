{#- What the first group of the pattern matched, the first time it matches anywhere in the text; null where it does not.
    `pattern` is SQL (a literal with its quotes, or a column). -#}
{% macro regexp_extract(expr, pattern) -%}
    {{ return(adapter.dispatch('regexp_extract')(expr, pattern)) }}
{%- endmacro %}

{% macro default__regexp_extract(expr, pattern) -%}
    nullif(regexp_extract({{ expr }}, {{ pattern }}, 1), '')
{%- endmacro %}
