{#- A text column is written as the macro normalise_text writes it, so that texts normalised by a model find it. An editor
    of a seed who types a capital letter or a double blank learns of it here, not by a silent miss. -#}
{% test is_normalised(model, column_name) %}

select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is not null
    and coalesce({{ normalise_text(column_name) }}, '') <> {{ column_name }}

{% endtest %}
