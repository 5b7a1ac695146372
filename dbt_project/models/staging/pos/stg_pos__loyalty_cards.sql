with source as (

    select *
    from {{ source('pos', 'loyalty_cards') }}
    where {{ is_not_erased() }}

),

renamed as (

    select
        -- ids
        {{ blank_to_null('card_number') }} as card_number,
        {{ blank_to_null('customer_id') }} as customer_id,

        -- dates and timestamps
        {{ parse_date('issued_on') }} as issued_on,
        issued_on as issued_on_raw,

        -- origin
        _row_number as source_row_number,
        _unreadable is not null as is_unreadable,
        {{ raw_record('source') }} as raw_record,
        {{ parse_timestamp('extracted_at') }} as extracted_at,
        extracted_at as extracted_at_raw
    from source

)

select * from renamed
