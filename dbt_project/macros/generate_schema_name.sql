{#- Schemas are named by layer alone (staging, core, features …), not prefixed with the target's schema:
    one warehouse file holds one shop, and a BI tool should find `marts.recommendations`, not `main_marts.…`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
