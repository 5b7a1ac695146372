{#- A condition holds in every row. What the condition cannot decide, because a column is null, passes: write the null
    into the condition where it matters. On a column, the condition continues it ("> 0").

    expression: SQL, a condition on the row. -#}
{% test expression_is_true(model, expression, column_name=none) %}

select *
from {{ model }}
where not ({{ column_name ~ " " if column_name else "" }}{{ expression }})

{% endtest %}
