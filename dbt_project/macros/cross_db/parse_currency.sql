{#- The currency written in a money text, as it is written there but in upper case: "€ 12,90" -> "€", "12.90 eur" ->
    "EUR", "S$ 30" -> "S$"; null if there is none. The seed ref_currencies maps it to a code. -#}
{% macro parse_currency(expr) -%}
    {{ return(adapter.dispatch('parse_currency')(expr)) }}
{%- endmacro %}

{% macro default__parse_currency(expr) -%}
    nullif(
        upper(regexp_extract(cast({{ expr }} as varchar), '(?i)(?:^|[^a-z])({{ _currency_pattern() }})(?:$|[^a-z])', 1)), ''
    )
{%- endmacro %}

{#- What counts as a currency inside a money text: a symbol, with a country's letters before it or not, or one of these
    codes and abbreviations. -#}
{% macro _currency_pattern() -%}
    (?:us|ca|au|nz|hk|s|c|a|r)?\p{Sc}|(?:euros?|eur|usd|gbp|chf|sfr|fr|sek|nok|dkk|isk|kr|pln|zł|czk|kč|huf|ft|ron|bgn|try|jpy|cny|rmb|krw|sgd|hkd|twd|thb|myr|idr|php|vnd|inr|aed|sar|ils|zar|brl|mxn|aud|nzd|cad)\.?
{%- endmacro %}
