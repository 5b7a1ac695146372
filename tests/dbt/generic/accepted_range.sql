{#- A column lies between two bounds, of which either may be left out. Bounds are SQL: numbers, dates, or other columns of
    the row. A null value passes (not_null is a test of its own); a null bound is no bound.

    min_value, max_value: the bounds.
    inclusive: whether the bounds themselves are accepted. -#}
{% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}

{%- if min_value is none and max_value is none %}
    {{ exceptions.raise_compiler_error("accepted_range on " ~ column_name ~ " needs a min_value, a max_value, or both") }}
{%- endif %}

select {{ column_name }}
from {{ model }}
where
    1 = 0
    {%- if min_value is not none %}
    or {{ column_name }} {{ "<" if inclusive else "<=" }} {{ min_value }}
    {%- endif %}
    {%- if max_value is not none %}
    or {{ column_name }} {{ ">" if inclusive else ">=" }} {{ max_value }}
    {%- endif %}

{% endtest %}
