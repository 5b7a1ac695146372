{#- A snake_case id from a name: accents dropped, lower case, every run of other characters one underscore. Names that
    differ in nothing but notation ("PEG-4", "peg 4") share an id on purpose. A name in another script has letters that
    an id cannot hold; a piece of its hash keeps two such names apart. Null where nothing is left. -#}
{% macro slug(expr) -%}
    {{ return(adapter.dispatch('slug')(expr)) }}
{%- endmacro %}

{% macro default__slug(expr) -%}
    {%- set plain = "lower(strip_accents(" ~ expr ~ "))" -%}
    nullif(
        trim(regexp_replace({{ plain }}, '[^a-z0-9]+', '_', 'g'), '_')
        || case when regexp_matches({{ plain }}, '[^\x00-\x7F]') then '_' || left(sha256({{ plain }}), 8) else '' end,
        ''
    )
{%- endmacro %}
