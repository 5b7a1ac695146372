{#- The value of `column` with the most purchases, the latest purchase deciding between equals. Times bought and the number
    of the latest purchase line are compared as one number; no two things share a line, so nothing ties. -#}
{% macro most_bought(column) -%}
    max_by({{ column }}, times_bought * 1000000 + last_bought_line_sequence)
{%- endmacro %}
