{#- Like dbt's own relationships test, for a part of the rows: each value that occurs where the first condition holds also
    occurs in the other table where the second one does. For references whose target depends on another column, such as
    an id that names a family in one row and an ingredient in the next.

    to, field: the other table and its column.
    from_condition, to_condition: SQL, which rows of each table count. -#}
{% test relationships_where(model, column_name, to, field, from_condition="1 = 1", to_condition="1 = 1") %}

with child as (

    select {{ column_name }} as child_value
    from {{ model }}
    where
        {{ column_name }} is not null
        and ({{ from_condition }})

),

parent as (

    select distinct {{ field }} as parent_value
    from {{ to }}
    where {{ to_condition }}

)

select child.child_value
from child
left join parent on child.child_value = parent.parent_value
where parent.parent_value is null

{% endtest %}
