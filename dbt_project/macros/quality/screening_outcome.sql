{#- The three columns that say what became of a raw row of `judged`: rejected by its rule, merged into the row that speaks for
    its business key, or kept. `survivor` is the number of that row; a row that was rejected has none. -#}
{% macro screening_outcome(survivor) -%}
    case
        when judged.rule_id is not null then 'rejected'
        when judged.source_row_number <> {{ survivor }} then 'merged'
        else 'kept'
    end as row_outcome,
    case
        when judged.rule_id is not null then judged.rule_id
        when judged.source_row_number <> {{ survivor }} then 'duplicate_resent'
    end as rule_id,
    case
        when judged.source_row_number <> {{ survivor }} then {{ survivor }}
    end as merged_into_row_number
{%- endmacro %}
