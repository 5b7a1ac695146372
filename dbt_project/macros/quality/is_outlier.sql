{#- True where a measure lies outside its limits; a missing measure or limit is no outlier. -#}
{% macro is_outlier(measure, low, high) -%}
    coalesce({{ measure }} < {{ low }} or {{ measure }} > {{ high }}, false)
{%- endmacro %}
