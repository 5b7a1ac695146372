{#- What is imputed has a flag in the dimension; what is not is null or says that it is unknown. -#}
{%- set columns = [
    ('customers', 'age', 'age is null', 'is_age_imputed'),
    ('customers', 'gender', "gender is null or gender = 'unknown'", 'is_gender_imputed'),
    ('customers', 'region', "region is null or region = 'unknown'", 'is_region_imputed'),
    ('customers', 'skin_type', "skin_type is null or skin_type = 'unknown'", 'is_skin_type_imputed'),
    ('customers', 'signed_up_at', 'signed_up_at is null', 'false'),
    ('products', 'price_eur', 'price_eur is null', 'is_price_imputed'),
    ('products', 'average_rating', 'average_rating is null', 'false'),
    ('products', 'category', "category_id is null or category_id = 'unknown'", 'false'),
    ('products', 'description', 'description is null', 'false'),
    ('products', 'ingredients', 'not has_ingredient_list', 'false'),
    ('products', 'launched_on', 'launched_on is null', 'false'),
    ('products', 'size_value', 'size_value is null', 'false'),
    ('products', 'stock_quantity', 'stock_quantity is null', 'false'),
] -%}
-- How many customers and products lack a value, and for how many of them it was imputed.
with customers as (

    select * from {{ ref('dim_users') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

counted as (

    {% for entity, name, is_missing, is_imputed in columns -%}
    select
        '{{ entity }}' as entity,
        '{{ name }}' as attribute,
        count(*) as entities,
        coalesce(sum(case when {{ is_imputed }} then 1 else 0 end), 0) as imputed,
        coalesce(sum(case when not ({{ is_imputed }}) and ({{ is_missing }}) then 1 else 0 end), 0) as missing
    from {{ entity }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    entity,
    attribute,
    entities,
    imputed,
    missing,
    {{ safe_divide('imputed', 'entities') }} as imputed_share,
    {{ safe_divide('missing', 'entities') }} as missing_share
from counted
order by
    entity asc,
    attribute asc
