{%- set described = [
    'product_name', 'brand', 'category_path', 'ingredients', 'claims', 'price', 'currency', 'size', 'size_unit',
    'launched_at', 'stock_quantity', 'description', 'average_rating', 'rating_count', 'updated_at',
] -%}
with products as (

    select * from {{ ref('stg_catalog__products') }}

),

treatments as (

    {{ column_treatments('stg_catalog__products', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        products.source_row_number,
        products.product_id,
        products.updated_at,
        products.extracted_at,
        case
            when products.is_unreadable then 'unreadable_row'
            when products.product_id is null then 'missing_key'
            when {{ lacks_required_value('products', described) }} then 'missing_required_value'
        end as rule_id
    from products
    cross join treatments

),

newest_rows as (

    select
        source_row_number,
        first_value(source_row_number) over (
            partition by product_id
            order by updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
        ) as newest_row_number
    from judged
    where rule_id is null

)

select
    judged.source_row_number,
    judged.product_id,
    {{ screening_outcome('newest_rows.newest_row_number') }}
from judged
left join newest_rows on judged.source_row_number = newest_rows.source_row_number
