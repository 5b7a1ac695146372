{#- No two rows agree in all the given columns: the grain of a table whose key has several columns. Rows with a null in
    the key count as well, since a key with holes is no key; test its columns for not_null beside this.

    combination_of_columns: the key. -#}
{% test unique_combination_of_columns(model, combination_of_columns) %}

select
    {{ combination_of_columns | join(', ') }},
    count(*) as occurrences
from {{ model }}
group by {{ combination_of_columns | join(', ') }}
having count(*) > 1

{% endtest %}
