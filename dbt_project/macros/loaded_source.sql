{#- The raw table of a source that an earlier node of this build has loaded; lineage shows the source all the same.

    `source()` reads the extract anew in each node that names it: twice the time, and other rows if the file was replaced
    in between. So staging names each source once, and whoever needs the raw rows again downstream takes what staging got.
    The model must depend on the staging model. -#}
{% macro loaded_source(system, entity) -%}
    {%- if execute -%}
        {{ api.Relation.create(database=target.database, schema='raw', identifier=system ~ '__' ~ entity) }}
    {%- else -%}
        {{ source(system, entity) }}
    {%- endif -%}
{%- endmacro %}
