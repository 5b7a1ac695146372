{#- What one row of a product may say and another not. -#}
{%- set facts = [
    'product_name', 'brand', 'category_path', 'ingredients', 'claims', 'price', 'currency', 'size', 'size_unit',
    'launched_at', 'stock_quantity', 'description', 'average_rating', 'rating_count',
] -%}
with screened as (

    select
        source_row_number,
        row_outcome
    from {{ ref('int_products_screened') }}
    where row_outcome <> 'rejected'

),

products as (

    select * from {{ ref('stg_catalog__products') }}

),

-- The newest row speaks; what it leaves open is filled from older ones.
filled as (

    select
        products.product_id,
        {%- for fact in facts %}
        {{ first_known('products.' ~ fact) }} over newest_first as {{ fact }},
        {%- endfor %}
        screened.row_outcome
    from screened
    inner join products on screened.source_row_number = products.source_row_number
    window newest_first as (
        partition by products.product_id
        order by
            products.updated_at desc nulls last, products.extracted_at desc nulls last,
            products.source_row_number desc
        rows between unbounded preceding and unbounded following
    )

),

-- Entities first and in one place: resolving them is the dearest step.
unescaped as (

    select
        product_id,
        {{ unescape_html('product_name') }} as product_name,
        {{ unescape_html('brand') }} as brand,
        {{ unescape_html('description') }} as description,
        {{ unescape_html('claims') }} as claims,
        {{ unescape_html('category_path') }} as category_path,
        ingredients,
        price,
        coalesce(currency, '{{ var("shop_currency") }}') as currency,
        size,
        size_unit,
        launched_at,
        stock_quantity,
        average_rating,
        rating_count
    from filled
    where row_outcome = 'kept'

),

readable as (

    select
        product_id,
        product_name,
        brand,
        {{ normalise_text('brand') }} as brand_key,
        description,
        {{ join_list(split_list('claims'), '; ') }} as claims_text,
        {{ category_path_text('category_path') }} as category_path,
        ingredients,
        price,
        currency,
        size,
        size_unit,
        launched_at,
        stock_quantity,
        average_rating,
        rating_count
    from unescaped

),

-- A brand that is spelt in several ways gets its most frequent spelling; a word that means "no brand" is none.
brand_spellings as (

    select
        brand_key,
        brand,
        row_number() over (partition by brand_key order by count(*) desc, brand) as place
    from readable
    where brand_key not in ('unknown', 'unbranded', 'no brand', 'none', 'null', 'n/a', 'na', '-', '?')
    group by brand_key, brand

),

brands as (

    select
        brand_key,
        brand
    from brand_spellings
    where place = 1

),

currencies as (

    {{ seed_lookup('ref_currencies', 'raw_currency', ['eur_rate']) }}

),

units as (

    {{ seed_lookup('ref_units', 'raw_unit', ['unit_code', 'factor']) }}

),

category_terms as (

    {{ seed_lookup('ref_category_terms', 'raw_category', ['category_id']) }}

),

categories as (

    select
        category_id,
        category_path,
        routine_step
    from {{ ref('ref_categories') }}

),

canonical_paths as (

    {{ seed_lookup('ref_categories', 'category_path', ['category_id']) }}

),

-- What the seeds are asked for.
keyed as (

    select
        *,
        {{ normalise_text('category_path') }} as category_key,
        {{ normalise_text('currency') }} as currency_key,
        {{ normalise_text('size_unit') }} as unit_key
    from readable

),

-- A path of the seeds gets its canonical category; any other path stands for itself.
placed as (

    select
        keyed.*,
        coalesce(category_terms.category_id, canonical_paths.category_id) as canonical_category_id
    from keyed
    left join category_terms on keyed.category_key = category_terms.raw_text
    left join canonical_paths on keyed.category_key = canonical_paths.raw_text

)

select
    placed.product_id,
    placed.product_name,
    brands.brand,
    coalesce(categories.category_id, {{ slug('placed.category_path') }}) as category_id,
    coalesce(categories.category_path, placed.category_path) as category_path,
    coalesce(categories.routine_step, 'other') as routine_step,
    placed.ingredients,
    placed.claims_text,
    placed.description,
    placed.price * currencies.eur_rate as price_eur,
    case when placed.size > 0 then placed.size * units.factor end as size_value,
    case when placed.size > 0 then units.unit_code end as size_unit,
    placed.launched_at as launched_on,
    placed.stock_quantity,
    case when placed.average_rating between 0 and 5 then placed.average_rating end as average_rating,
    case when placed.rating_count >= 0 then placed.rating_count end as rating_count
from placed
left join brands on placed.brand_key = brands.brand_key
left join categories on placed.canonical_category_id = categories.category_id
left join currencies on placed.currency_key = currencies.raw_text
left join units on placed.unit_key = units.raw_text
