{#- Query with every distinct text, in lower case, of every column of the given models, and where it stands. The columns are
    asked of the warehouse, so that a new one is among them. The models must be all those whose access is public: dbt
    learns what a test depends on before it knows the project, so that they have to be listed.

    models: names, in alphabetical order. -#}
{% macro published_texts(models) -%}
    {%- set texts = [] -%}
    {%- for name in models -%}
        {%- set relation = ref(name) -%}
        {%- if execute -%}
            {%- for column in adapter.get_columns_in_relation(relation) if column.is_string() -%}
                {%- do texts.append((relation, name, column.name)) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if execute -%}
        {%- set public = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | selectattr('access', 'equalto', 'public') | map(attribute='name') | sort -%}
        {%- if public != models -%}
            {{ exceptions.raise_compiler_error('The public models are ' ~ public ~ ', not those that are listed here.') }}
        {%- endif -%}
    {%- endif -%}
    {%- for relation, name, column in texts %}
    select distinct
        '{{ name }}.{{ column }}' as place,
        lower({{ column }}) as content
    from {{ relation }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}
