with source as (

    select * from {{ source('catalog', 'products') }}

),

-- "1.7 fl oz / 50 mL": the first number and what follows it.
sized as (

    select
        *,
        {{ raw_record('source') }} as raw_record,
        {{ regexp_extract('size', "'^\\s*([\\d.,]+)'") }} as size_number,
        {{ regexp_extract('size', "'^\\s*[\\d.,]+\\s*([[:alpha:]][[:alpha:]. ]*)'") }} as size_text_unit
    from source

),

renamed as (

    select
        -- ids
        {{ blank_to_null('product_id') }} as product_id,

        -- texts
        {{ blank_to_null('name') }} as product_name,
        {{ blank_to_null('brand') }} as brand,
        {{ blank_to_null('category_path') }} as category_path,
        {{ blank_to_null('ingredients') }} as ingredients,
        {{ blank_to_null('claims') }} as claims,
        {{ blank_to_null('description') }} as description,
        coalesce({{ blank_to_null('currency') }}, {{ parse_currency('price') }}) as currency,
        coalesce({{ blank_to_null('size_unit') }}, {{ blank_to_null('size_text_unit') }}) as size_unit,

        -- numerics
        {{ parse_decimal('price') }} as price,
        price as price_raw,
        {{ parse_decimal('size_number') }} as size,
        size as size_raw,
        {{ parse_integer('stock_quantity') }} as stock_quantity,
        stock_quantity as stock_quantity_raw,
        {{ parse_decimal('average_rating') }} as average_rating,
        average_rating as average_rating_raw,
        {{ parse_integer('rating_count') }} as rating_count,
        rating_count as rating_count_raw,

        -- dates and timestamps
        {{ parse_date('launched_at') }} as launched_at,
        launched_at as launched_at_raw,
        {{ parse_timestamp('updated_at') }} as updated_at,
        updated_at as updated_at_raw,

        -- origin
        _row_number as source_row_number,
        _unreadable is not null as is_unreadable,
        raw_record,
        {{ parse_timestamp('extracted_at') }} as extracted_at,
        extracted_at as extracted_at_raw
    from sized

)

select * from renamed
