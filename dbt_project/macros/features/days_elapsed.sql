{#- Calendar days from `earlier` to `later`, never below 0, null if either is (`greatest` alone would make 0 of it). -#}
{% macro days_elapsed(earlier, later) -%}
    {%- set days = days_between("cast(" ~ earlier ~ " as date)", "cast(" ~ later ~ " as date)") -%}
    case when {{ earlier }} <= {{ later }} then {{ days }} when {{ earlier }} > {{ later }} then 0 end
{%- endmacro %}
