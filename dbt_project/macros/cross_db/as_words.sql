{#- The words of a text, lower case, one blank between them and nothing else: no punctuation, no hyphens; null if there
    is none. Two texts in this form can be compared word by word: ' ' || text || ' ' like '% dry skin %'. -#}
{% macro as_words(expr) -%}
    {{ return(adapter.dispatch('as_words')(expr)) }}
{%- endmacro %}

{% macro default__as_words(expr) -%}
    nullif(trim(regexp_replace(lower({{ expr }}), '[^\p{L}\p{N}]+', ' ', 'g')), '')
{%- endmacro %}

{% macro spark__as_words(expr) -%}
    nullif(trim(regexp_replace(lower({{ expr }}), '[^\\p{L}\\p{N}]+', ' ')), '')
{%- endmacro %}
