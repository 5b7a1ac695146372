with source as (

    select *
    from {{ source('webshop', 'order_lines') }}
    where {{ is_not_erased() }}

),

renamed as (

    select
        -- ids
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('product_id') }} as product_id,

        -- texts
        lower({{ blank_to_null('line_status') }}) as line_status,

        -- numerics
        {{ parse_integer('line_number') }} as line_number,
        line_number as line_number_raw,
        {{ parse_integer('quantity') }} as quantity,
        quantity as quantity_raw,
        {{ parse_decimal('unit_price') }} as unit_price,
        unit_price as unit_price_raw,
        {{ parse_decimal('discount') }} as discount,
        discount as discount_raw,

        -- origin
        _row_number as source_row_number,
        _unreadable is not null as is_unreadable,
        {{ raw_record('source') }} as raw_record,
        {{ parse_timestamp('extracted_at') }} as extracted_at,
        extracted_at as extracted_at_raw
    from source

)

select * from renamed
