{#- True where a text bears one of the marks by which a project variable recognises traffic that is no customer's.

    expr: text column.
    variable: name of a variable of dbt_project.yml that holds a regular expression over the lower-case text. -#}
{% macro matches_marker(expr, variable) -%}
    coalesce({{ regexp_matches("lower(" ~ expr ~ ")", "'" ~ var(variable) ~ "'") }}, false)
{%- endmacro %}
