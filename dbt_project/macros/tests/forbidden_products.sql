{#- What no recommendation may show: (customer_id, product_id), each once. A select statement, for tests. -#}
{% macro forbidden_products() -%}
    select
        exclusions.customer_id,
        products.product_id
    from {{ ref('ftr_user_exclusions') }} as exclusions
    inner join {{ ref('ftr_exclusion_products') }} as products
        on
            exclusions.exclusion_kind = products.exclusion_kind
            and exclusions.exclusion_id = products.exclusion_id
    where exclusions.protocol = 'serving'
    union distinct
    select
        conflicts.customer_id,
        products.product_id
    from {{ ref('ftr_user_conflicts') }} as conflicts
    inner join {{ ref('ftr_conflict_products') }} as products
        on
            conflicts.conflict_id = products.conflict_id
            and conflicts.conflicting_side = products.side
    where conflicts.protocol = 'serving' and conflicts.severity = 'avoid'
{%- endmacro %}
