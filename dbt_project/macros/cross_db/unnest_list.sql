{#- Query with one row an item of each row's list: the given columns, `item`, and `item_position` that counts from 1. A row
    whose list is null or empty has no item and does not occur.

    relation: CTE or model to read.
    columns: the columns to keep beside the item.
    list: name of the list column. -#}
{% macro unnest_list(relation, columns, list) -%}
    {{ return(adapter.dispatch('unnest_list')(relation, columns, list)) }}
{%- endmacro %}

{% macro default__unnest_list(relation, columns, list) -%}
    select
        {{ columns | join(', ') }},
        unnest({{ list }}) as item,
        generate_subscripts({{ list }}, 1) as item_position
    from {{ relation }}
{%- endmacro %}

{% macro spark__unnest_list(relation, columns, list) -%}
    select
        {{ columns | join(', ') }},
        item,
        item_index + 1 as item_position
    from {{ relation }}
    lateral view posexplode({{ list }}) as item_index, item
{%- endmacro %}
