{#- Query with one row a spelling: (raw_text, <columns>), a reference seed keyed by normalised text. Spellings of the seed
    that differ in case or blanks only are one; the seed's own test sees to it that they mean the same.

    seed: name of the seed.
    raw_column: its column with the spellings.
    columns: what a spelling stands for. -#}
{% macro seed_lookup(seed, raw_column, columns) -%}
    select
        {{ normalise_text(raw_column) }} as raw_text,
        {%- for column in columns %}
        min({{ column }}) as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(seed) }}
    where {{ raw_column }} is not null
    group by {{ normalise_text(raw_column) }}
{%- endmacro %}
