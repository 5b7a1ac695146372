{#- Within each group a column counts 1, 2, 3 … without gap or repetition: ranks, line numbers, sequences. By counting it
    is enough that the smallest is 1, the largest is the number of rows, and all differ.

    group_columns: the columns that make a group; none: the whole table is one.
    order_column: the column that counts. -#}
{% test dense_sequence(model, order_column, group_columns=[]) %}

{%- set group_list = group_columns | join(', ') %}

with sequences as (

    select
        {{ group_list ~ "," if group_list }}
        min({{ order_column }}) as first_place,
        max({{ order_column }}) as last_place,
        count(distinct {{ order_column }}) as distinct_places,
        count(*) as number_of_rows
    from {{ model }}
    {{ "group by " ~ group_list if group_list }}

)

select *
from sequences
where
    number_of_rows > 0
    and (
        distinct_places <> number_of_rows
        or first_place <> 1
        or last_place <> number_of_rows
    )

{% endtest %}
