{#- SHA-256 of a text as 64 lower-case hexadecimal digits. -#}
{% macro sha256_hex(expr) -%}
    {{ return(adapter.dispatch('sha256_hex')(expr)) }}
{%- endmacro %}

{% macro default__sha256_hex(expr) -%}
    sha256(cast({{ expr }} as varchar))
{%- endmacro %}

{% macro spark__sha256_hex(expr) -%}
    sha2(cast({{ expr }} as string), 256)
{%- endmacro %}
