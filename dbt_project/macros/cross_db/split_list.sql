{#- A list written as text -> the engine's list of trimmed, non-blank texts in their order (null -> null).
    Text that is a JSON array is read as one; any other text is cut at `separators`, a regular expression:
        split_list('skin_concerns')                                  "acne, dry skin; redness" (the default: , ; or |)
        split_list('ingredients', separators=',\\s+')                 "Aqua, 1,2-Hexanediol": a comma and a blank
        split_list('category_path', separators='>|[|]|/')            "Skincare > Moisturisers"
    Square brackets and quotes around the items of a list that is not quite JSON (['a', 'b']) are dropped. -#}
{% macro split_list(expr, separators='[,;|]') -%}
    {{ return(adapter.dispatch('split_list')(expr, separators)) }}
{%- endmacro %}

{% macro default__split_list(expr, separators) -%}
    {%- set is_json_array -%}
        case when starts_with(trim({{ expr }}), '[') then json_valid({{ expr }}) else false end
    {%- endset -%}
    list_filter(
        list_transform(
            case
                when {{ is_json_array }} then json_extract_string({{ expr }}, '$[*]')
                when starts_with(trim({{ expr }}), '[')
                    then list_transform(
                        regexp_split_to_array(trim(trim({{ expr }}), '[]'), '{{ separators }}'),
                        lambda item: trim(trim(item), '"''')
                    )
                else regexp_split_to_array({{ expr }}, '{{ separators }}')
            end,
            lambda item: trim(item)
        ),
        lambda item: item != ''
    )
{%- endmacro %}
