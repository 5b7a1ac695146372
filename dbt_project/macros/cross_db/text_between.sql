{#- What stands in a text between the first places of two others, whichever comes first; null if they overlap. -#}
{% macro text_between(expr, one, other) -%}
    {{ return(adapter.dispatch('text_between')(expr, one, other)) }}
{%- endmacro %}

{% macro default__text_between(expr, one, other) -%}
    case
        when position({{ one }} in {{ expr }}) + length({{ one }}) <= position({{ other }} in {{ expr }})
            then substring(
                {{ expr }},
                position({{ one }} in {{ expr }}) + length({{ one }}),
                position({{ other }} in {{ expr }}) - position({{ one }} in {{ expr }}) - length({{ one }})
            )
        when position({{ other }} in {{ expr }}) + length({{ other }}) <= position({{ one }} in {{ expr }})
            then substring(
                {{ expr }},
                position({{ other }} in {{ expr }}) + length({{ other }}),
                position({{ one }} in {{ expr }}) - position({{ other }} in {{ expr }}) - length({{ other }})
            )
    end
{%- endmacro %}
