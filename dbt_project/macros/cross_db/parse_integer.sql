{#- A whole number written by people -> integer; null if the text is not a number, or not a whole one ("1,0" is 1). -#}
{% macro parse_integer(expr) -%}
    {{ return(adapter.dispatch('parse_integer')(expr)) }}
{%- endmacro %}

{% macro default__parse_integer(expr) -%}
    case
        when {{ parse_decimal(expr) }} = round({{ parse_decimal(expr) }})
            then try_cast({{ parse_decimal(expr) }} as integer)
    end
{%- endmacro %}
