{#- Window function, to be followed by `over (…)`: the first value of the frame that is not null. The frame must reach to
    the end (`rows between unbounded preceding and unbounded following`), or a row sees only what lies before it. -#}
{% macro first_known(column) -%}
    {{ return(adapter.dispatch('first_known')(column)) }}
{%- endmacro %}

{% macro default__first_known(column) -%}
    first_value({{ column }} ignore nulls)
{%- endmacro %}

{% macro spark__first_known(column) -%}
    first_value({{ column }}) ignore nulls
{%- endmacro %}
