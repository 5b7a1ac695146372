{#- A measure with an extreme value treated as its rule says: capped at the nearer limit, or null (to be treated like any
    other missing value).

    treatment: SQL text, the rule's `treatment`.
    low, high: SQL numbers, the limits; null means that there is none. -#}
{% macro treat_outlier(measure, treatment, low, high) -%}
    case
        when not {{ is_outlier(measure, low, high) }} then {{ measure }}
        when {{ treatment }} = 'cap' then least(greatest({{ measure }}, {{ low }}), {{ high }})
    end
{%- endmacro %}
