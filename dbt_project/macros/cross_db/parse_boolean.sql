{#- Yes or no as people and systems write it (English, German, French, Spanish, Italian) -> boolean; null if neither. -#}
{% macro parse_boolean(expr) -%}
    {{ return(adapter.dispatch('parse_boolean')(expr)) }}
{%- endmacro %}

{% macro default__parse_boolean(expr) -%}
    case
        when lower(trim(cast({{ expr }} as varchar))) in
            ('true', 't', '1', '1.0', 'yes', 'y', 'on', 'x', 'j', 'ja', 'wahr', 'o', 'oui', 'vrai', 'si', 'sí', 's', 'vero')
            then true
        when lower(trim(cast({{ expr }} as varchar))) in
            ('false', 'f', '0', '0.0', 'no', 'n', 'off', 'nein', 'falsch', 'non', 'faux', 'falso')
            then false
    end
{%- endmacro %}
