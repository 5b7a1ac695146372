{#- A text that somebody typed, without e-mail addresses and without numbers as long as those of phones, cards and orders
    (nine digits or more, blanks and hyphens between them; CAS numbers of ingredients are shorter): people write these into
    searches, reviews and profiles. -#}
{% macro mask_contacts(expr) -%}
    {{ regexp_replace_all(mask_addresses(expr), '[0-9](?:[ ./()-]{0,2}[0-9]){8,}', '[number]') }}
{%- endmacro %}

{#- The same without e-mail addresses alone. -#}
{% macro mask_addresses(expr) -%}
    {{ regexp_replace_all(expr, '[^][\\s",;:<>(){}]+@[^][\\s",;:<>(){}]+', '[e-mail]') }}
{%- endmacro %}
