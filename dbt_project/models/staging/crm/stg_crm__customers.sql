with source as (

    select *
    from {{ source('crm', 'customers') }}
    where {{ is_not_erased() }}

),

renamed as (

    select
        -- ids
        {{ blank_to_null('customer_id') }} as customer_id,

        -- texts
        {{ blank_to_null('gender') }} as gender,
        {{ blank_to_null('country') }} as country,
        {{ blank_to_null('region') }} as region,
        {{ blank_to_null('skin_type') }} as skin_type,
        {{ blank_to_null('skin_concerns') }} as skin_concerns,
        {{ blank_to_null('avoided_ingredients') }} as avoided_ingredients,
        {{ blank_to_null('email') }} as email,

        -- numerics
        {{ parse_integer('age') }} as age,
        age as age_raw,

        -- booleans
        {{ parse_boolean('marketing_consent') }} as has_marketing_consent,
        marketing_consent as has_marketing_consent_raw,

        -- dates and timestamps
        {{ parse_date('birth_date') }} as birth_date,
        birth_date as birth_date_raw,
        {{ parse_timestamp('signed_up_at') }} as signed_up_at,
        signed_up_at as signed_up_at_raw,
        {{ parse_timestamp('closed_at') }} as closed_at,
        closed_at as closed_at_raw,
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
