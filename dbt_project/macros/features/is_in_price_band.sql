{#- Whether a price quantile (0..1) falls into a band of `ref_price_bands`: the lower bound belongs to the band, the upper
    to the next one, except that 1 belongs to the last. -#}
{% macro is_in_price_band(quantile, bands) -%}
    (
        {{ quantile }} >= {{ bands }}.min_quantile
        and ({{ quantile }} < {{ bands }}.max_quantile or {{ bands }}.max_quantile >= 1)
    )
{%- endmacro %}
