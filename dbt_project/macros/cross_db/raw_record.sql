{#- The original content of a raw row as JSON text: all its columns, or {"unreadable": text} for a row that could not be
    parsed. `relation_alias` is a CTE or alias in scope with the columns of a raw table. -#}
{% macro raw_record(relation_alias) -%}
    {{ return(adapter.dispatch('raw_record')(relation_alias)) }}
{%- endmacro %}

{% macro default__raw_record(relation_alias) -%}
    case
        when {{ relation_alias }}._unreadable is null then {{ row_as_json(relation_alias) }}
        else cast(json_object('unreadable', {{ relation_alias }}._unreadable) as varchar)
    end
{%- endmacro %}
