{#- A number written by people -> double; null if the text is not exactly one number. Read are:
        1234.56   1,234.56   1.234,56   1'234.56   1 234,56   12,90   -3   1.5e-3   12,-   € 12,90   12.90 EUR
    With both separators present the last one is the decimal one. One that occurs several times groups thousands. One
    that occurs once is the decimal one: "1,234" is 1.234, because quantities and prices of a shop have decimals more
    often than they reach a thousand. -#}
{% macro parse_decimal(expr) -%}
    {{ return(adapter.dispatch('parse_decimal')(expr)) }}
{%- endmacro %}

{% macro default__parse_decimal(expr) -%}
    {%- set text = "cast(" ~ expr ~ " as varchar)" -%}
    {%- set blank = "\\s\\x{00a0}\\x{202f}" -%}
    {%- set currency_at_an_end -%}
        ^[{{ blank }}]*(?:{{ _currency_pattern() }})|(?:{{ _currency_pattern() }})[{{ blank }}]*$
    {%- endset -%}
    {#- 1. what is not the number: a currency, blanks around, ",-" for "no cents", thousands grouped by blank or ' -#}
    {%- set bare -%}
        regexp_replace(
            regexp_replace({{ text }}, '(?i){{ currency_at_an_end }}', '', 'g'),
            '[,.][-–—][{{ blank }}]*$|[''’{{ blank }}](\d{3})\b|^[{{ blank }}]+|[{{ blank }}]+$', '\1', 'g'
        )
    {%- endset -%}
    {#- 2. thousands grouped by comma or dot: followed by the other one, or occurring more than once -#}
    {%- set ungrouped -%}
        case
            when regexp_matches({{ bare }}, '^[-+]?\d{1,3}(,\d{3})+(\.\d*)$|^[-+]?\d{1,3}(,\d{3}){2,}$')
                then replace({{ bare }}, ',', '')
            when regexp_matches({{ bare }}, '^[-+]?\d{1,3}(\.\d{3})+(,\d*)$|^[-+]?\d{1,3}(\.\d{3}){2,}$')
                then replace({{ bare }}, '.', '')
            else {{ bare }}
        end
    {%- endset -%}
    {#- 3. the patterns keep out what a cast would accept but no shop means: inf, nan, hexadecimal -#}
    case
        when regexp_matches({{ text }}, '^-?\d+(\.\d+)?$')
            then try_cast({{ text }} as double)
        when regexp_matches({{ bare }}, '^[-+]?(\d[\d.,]*|[.,]\d+)([eE][-+]?\d{1,3})?$')
            then try_cast(replace({{ ungrouped }}, ',', '.') as double)
    end
{%- endmacro %}
