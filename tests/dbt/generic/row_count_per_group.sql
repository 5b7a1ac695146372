{#- Every group that occurs has as many rows as it should: exactly so many, or within bounds. A group without rows does
    not occur here; test with relationships that each group does.

    group_columns: the columns that make a group.
    exactly: the number of rows; or
    at_least, at_most: bounds, of which either may be left out. -#}
{% test row_count_per_group(model, group_columns, exactly=none, at_least=none, at_most=none) %}

{%- set fewest = exactly if exactly is not none else at_least %}
{%- set most = exactly if exactly is not none else at_most %}
{%- if fewest is none and most is none %}
    {{ exceptions.raise_compiler_error("row_count_per_group needs exactly, at_least or at_most") }}
{%- endif %}

select
    {{ group_columns | join(', ') }},
    count(*) as number_of_rows
from {{ model }}
group by {{ group_columns | join(', ') }}
having
    1 = 0
    {%- if fewest is not none %}
    or count(*) < {{ fewest }}
    {%- endif %}
    {%- if most is not none %}
    or count(*) > {{ most }}
    {%- endif %}

{% endtest %}
