{#- A text in which the signs that join the items of a list (, ; & / +) are written out as the word "and". -#}
{% macro with_list_words(expr) -%}
    {%- set ns = namespace(sql=expr) -%}
    {%- for sign in [',', ';', '&', '/', '+'] -%}
        {%- set ns.sql = "replace(" ~ ns.sql ~ ", '" ~ sign ~ "', ' and ')" -%}
    {%- endfor -%}
    {{ ns.sql }}
{%- endmacro %}
