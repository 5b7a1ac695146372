{#- The form in which texts are compared with the reference seeds: HTML entities resolved, lower case, every run of
    blanks one blank, no blanks around, no trailing "*" or "." (the footnote marks of ingredient lists); null if nothing
    is left. -#}
{% macro normalise_text(expr) -%}
    {{ return(adapter.dispatch('normalise_text')(expr)) }}
{%- endmacro %}

{% macro default__normalise_text(expr) -%}
    nullif(
        regexp_replace(
            trim(regexp_replace(lower({{ unescape_html(expr) }}), '[\s\x{00a0}]+', ' ', 'g')),
            '[*. ]+$', ''
        ),
        ''
    )
{%- endmacro %}
