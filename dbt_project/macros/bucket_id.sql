{#- The finest bucket a customer belongs to: "dry/25_34/west_europe". It ends before the first characteristic that is not
    known ("dry", if the age is not), and is "all" for a customer of unknown skin type. -#}
{% macro bucket_id(skin_type, age_band, region) -%}
    case
        when coalesce({{ skin_type }}, 'unknown') = 'unknown' then 'all'
        when coalesce({{ age_band }}, 'unknown') = 'unknown' then {{ skin_type }}
        when coalesce({{ region }}, 'unknown') = 'unknown' then {{ skin_type }} || '/' || {{ age_band }}
        else {{ skin_type }} || '/' || {{ age_band }} || '/' || {{ region }}
    end
{%- endmacro %}
