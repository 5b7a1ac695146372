with customers as (

    select * from {{ ref('int_customers_unified') }}

),

profiles as (

    select * from {{ ref('int_customers_imputed') }}

),

final as (

    select
        -- ids
        customers.customer_id,
        {{ bucket_id('profiles.skin_type', 'profiles.age_band', 'profiles.region') }} as bucket_id,

        -- profile
        cast(profiles.age as integer) as age,
        profiles.is_age_imputed,
        profiles.age_band,
        profiles.gender,
        profiles.is_gender_imputed,
        profiles.country_code,
        profiles.region,
        profiles.is_region_imputed,
        profiles.skin_type,
        profiles.is_skin_type_imputed,

        -- account
        coalesce(customers.has_marketing_consent, false) as has_marketing_consent,
        customers.is_active,
        customers.signed_up_at

    from customers
    inner join profiles on customers.customer_id = profiles.customer_id

)

select * from final
