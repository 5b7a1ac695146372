{#- Days from `earlier` to `later` as double, fractions included (12 hours are 0.5); negative if they are the other way
    round. Takes dates and timestamps. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    (cast(date_diff('second', cast({{ earlier }} as timestamp), cast({{ later }} as timestamp)) as double) / 86400)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    (cast(unix_timestamp(cast({{ later }} as timestamp)) - unix_timestamp(cast({{ earlier }} as timestamp)) as double) / 86400)
{%- endmacro %}
