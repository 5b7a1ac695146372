with source as (

    select *
    from {{ source('webshop', 'orders') }}
    where {{ is_not_erased() }}

),

renamed as (

    select
        -- ids
        {{ blank_to_null('order_id') }} as order_id,
        {{ blank_to_null('customer_id') }} as customer_id,

        -- texts
        lower({{ blank_to_null('status') }}) as order_status,
        {{ blank_to_null('currency') }} as currency,
        {{ blank_to_null('coupon_code') }} as coupon_code,
        coalesce(lower({{ blank_to_null('time_precision') }}), 'second') as time_precision,

        -- dates and timestamps
        {{ parse_timestamp('ordered_at') }} as ordered_at,
        ordered_at as ordered_at_raw,
        {{ parse_timestamp('updated_at') }} as updated_at,
        updated_at as updated_at_raw,

        -- origin
        _row_number as source_row_number,
        _unreadable is not null as is_unreadable,
        {{ raw_record('source') }} as raw_record,
        {{ parse_timestamp('extracted_at') }} as extracted_at,
        extracted_at as extracted_at_raw
    from source

)

select * from renamed
