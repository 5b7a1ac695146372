{#- The ends of the 95 % interval of a share (Wilson 1927, JASA 22): unlike the textbook's ± 1.96 standard errors it stays
    within 0 and 1 and is right for rare events. Null where there were no trials. -#}
{% macro wilson_low(successes, trials) -%}
    case when {{ trials }} > 0 then greatest({{ _wilson(successes, trials, '-') }}, 0) end
{%- endmacro %}

{% macro wilson_high(successes, trials) -%}
    case when {{ trials }} > 0 then least({{ _wilson(successes, trials, '+') }}, 1) end
{%- endmacro %}

{% macro _wilson(successes, trials, sign) -%}
    {%- set z = 1.959963984540054 -%}
    ({{ successes }} + {{ z * z / 2 }} {{ sign }} {{ z }} * sqrt(
        {{ safe_divide(successes ~ " * (" ~ trials ~ " - " ~ successes ~ ")", trials) }} + {{ z * z / 4 }}
    )) / ({{ trials }} + {{ z * z }})
{%- endmacro %}
