{#- Completed years from one day to a later one: an age. -#}
{% macro years_between(earlier, later) -%}
    {{ return(adapter.dispatch('years_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__years_between(earlier, later) -%}
    (
        extract(year from {{ later }}) - extract(year from {{ earlier }})
        - case
            when
                extract(month from {{ later }}) * 100 + extract(day from {{ later }})
                < extract(month from {{ earlier }}) * 100 + extract(day from {{ earlier }})
                then 1
            else 0
        end
    )
{%- endmacro %}
