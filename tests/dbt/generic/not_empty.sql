{#- The table has at least one row. Tests of values are silent about a table without any, so an empty one passes them
    all. -#}
{% test not_empty(model) %}

with counted as (

    select count(*) as number_of_rows
    from {{ model }}

)

select number_of_rows
from counted
where number_of_rows = 0

{% endtest %}
