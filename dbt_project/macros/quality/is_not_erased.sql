{#- Whether a raw row is there to be read. Of a customer who was erased the loader leaves blank rows with this text in place
    of their content, so that all other rows keep their numbers and the quality ledger can count them. -#}
{% macro is_not_erased(relation_alias=none) -%}
    coalesce({{ relation_alias ~ '.' if relation_alias }}_unreadable, '') <> '[erased]'
{%- endmacro %}
