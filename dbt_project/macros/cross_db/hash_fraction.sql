{#- A number in [0, 1) that depends on nothing but the text of `expr` and the salt, uniform over keys: the project's
    source of "random" choices. 52 bits of MD5, because those a double holds exactly, and never the engine's own
    hash(), which differs between engines and versions. Python has the same number as
    int(hashlib.md5(f"{salt}:{key}".encode()).hexdigest()[:13], 16) / 2**52. -#}
{% macro hash_fraction(expr, salt='') -%}
    {{ return(adapter.dispatch('hash_fraction')(expr, salt)) }}
{%- endmacro %}

{% macro default__hash_fraction(expr, salt) -%}
    (
        cast(cast('0x' || substr(md5('{{ salt }}:' || cast({{ expr }} as varchar)), 1, 13) as bigint) as double)
        / 4503599627370496
    )
{%- endmacro %}

{% macro spark__hash_fraction(expr, salt) -%}
    (
        cast(conv(substr(md5('{{ salt }}:' || cast({{ expr }} as string)), 1, 13), 16, 10) as double)
        / 4503599627370496
    )
{%- endmacro %}
