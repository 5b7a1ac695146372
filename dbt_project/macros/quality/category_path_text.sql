{#- A category path in any of its notations (list, or text separated by '>', '|' or '/', the first of them that occurs)
    -> 'Root > Branch > Leaf'. -#}
{% macro category_path_text(expr) -%}
    nullif(
        case
            when strpos({{ expr }}, '>') > 0 then {{ join_list(split_list(expr, separators='>'), ' > ') }}
            when strpos({{ expr }}, '|') > 0 then {{ join_list(split_list(expr, separators='[|]'), ' > ') }}
            else {{ join_list(split_list(expr, separators='/'), ' > ') }}
        end,
        ''
    )
{%- endmacro %}
