{#- What somebody avoids, without the words that say so: "no parabens", "fragrance-free" and "allergic to nuts" become "parabens",
    "fragrance" and "nuts". The vocabulary of new customers reads words alike (glowhouse/vocabulary.py). -#}
{% macro without_negation(expr) -%}
    {{ regexp_replace_all(
        'lower(' ~ expr ~ ')',
        '^(no|without|zero|avoid|avoids|free (of|from)|allergic to|allergy to|non)[ -]+|[ -]free$|[ -]allerg(y|ies)$',
        ''
    ) }}
{%- endmacro %}
