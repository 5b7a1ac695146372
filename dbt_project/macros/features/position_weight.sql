{#- How much an ingredient counts by its place in the INCI list, whose order is that of concentration: 1 for the first,
    0.63 for the second, 0.29 for the tenth. -#}
{% macro position_weight(position) -%}
    (ln(2) / ln(1 + {{ position }}))
{%- endmacro %}
