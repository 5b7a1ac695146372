{#- A sum of doubles that is the same whatever the order of the rows: they are added as decimals of nine places. Engines
    add in the order in which their threads happen to deliver rows, and doubles do not add associatively. -#}
{% macro exact_sum(expr) -%}
    cast(sum(cast({{ expr }} as decimal(28, 9))) as double)
{%- endmacro %}
