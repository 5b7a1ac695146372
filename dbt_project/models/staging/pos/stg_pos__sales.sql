with source as (

    select *
    from {{ source('pos', 'sales') }}
    where {{ is_not_erased() }}

),

-- The till writes day and time apart; a sale without a legible time keeps its day.
timed as (

    select
        *,
        {{ raw_record('source') }} as raw_record,
        concat_ws(' ', {{ blank_to_null('sold_on') }}, {{ blank_to_null('sold_time') }}) as sold_at_raw
    from source

),

renamed as (

    select
        -- ids
        {{ blank_to_null('receipt_no') }} as transaction_id,
        {{ blank_to_null('article_no') }} as product_id,
        {{ blank_to_null('loyalty_card') }} as card_number,

        -- texts
        {{ blank_to_null('store') }} as store,
        {{ parse_currency('amount') }} as currency,

        -- numerics
        {{ parse_integer('line_no') }} as line_number,
        line_no as line_number_raw,
        {{ parse_integer('qty') }} as quantity,
        qty as quantity_raw,
        {{ parse_decimal('amount') }} as unit_price,
        amount as unit_price_raw,
        {{ parse_decimal('rebate') }} as discount,
        rebate as discount_raw,

        -- booleans
        {{ parse_boolean('voided') }} as is_voided,
        voided as is_voided_raw,

        -- dates and timestamps
        coalesce({{ parse_timestamp('sold_at_raw') }}, {{ parse_timestamp('sold_on') }}) as sold_at,
        sold_at_raw,
        case
            when {{ blank_to_null('sold_time') }} is not null and {{ parse_timestamp('sold_at_raw') }} is not null
                then 'second'
            else 'day'
        end as time_precision,

        -- origin
        _row_number as source_row_number,
        _unreadable is not null as is_unreadable,
        raw_record,
        {{ parse_timestamp('extracted_at') }} as extracted_at,
        extracted_at as extracted_at_raw
    from timed

)

select * from renamed
