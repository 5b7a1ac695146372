{%- set profile = ['gender', 'country_code', 'region', 'age_band', 'skin_type'] -%}
with customers as (

    select * from {{ ref('int_customers_unified') }}

),

age_bands as (

    select
        age_band,
        min_age,
        max_age
    from {{ ref('ref_age_bands') }}
    where min_age is not null

),

-- What each customer said, by which the policies may group.
stated as (

    select
        customers.customer_id,
        customers.age,
        customers.gender,
        customers.country_code,
        customers.region,
        customers.skin_type,
        age_bands.age_band
    from customers
    left join age_bands on customers.age between age_bands.min_age and age_bands.max_age

),

genders as (

    {{ impute_column('stated', 'customer_id', 'gender', 'stg_crm__customers', profile, unknown="'unknown'") }}

),

countries as (

    {{ impute_column(
        'stated', 'customer_id', 'country_code', 'stg_crm__customers', profile, unknown="'ZZ'", policy_column='country'
    ) }}

),

regions as (

    {{ impute_column('stated', 'customer_id', 'region', 'stg_crm__customers', profile, unknown="'other'") }}

),

ages as (

    {{ impute_column('stated', 'customer_id', 'age', 'stg_crm__customers', profile) }}

),

-- The age band of an imputed age is known enough to choose the group whose skin types are drawn from.
placed as (

    select
        stated.customer_id,
        stated.skin_type,
        genders.gender,
        genders.is_gender_imputed,
        countries.country_code,
        countries.is_country_code_imputed,
        regions.region,
        regions.is_region_imputed,
        ages.age,
        ages.is_age_imputed,
        coalesce(age_bands.age_band, 'unknown') as age_band
    from stated
    inner join genders on stated.customer_id = genders.customer_id
    inner join countries on stated.customer_id = countries.customer_id
    inner join regions on stated.customer_id = regions.customer_id
    inner join ages on stated.customer_id = ages.customer_id
    left join age_bands on ages.age between age_bands.min_age and age_bands.max_age

),

skin_types as (

    {{ impute_column('placed', 'customer_id', 'skin_type', 'stg_crm__customers', profile, unknown="'unknown'") }}

)

select
    placed.customer_id,
    placed.age,
    placed.is_age_imputed,
    placed.age_band,
    placed.gender,
    placed.is_gender_imputed,
    placed.country_code,
    placed.is_country_code_imputed,
    placed.region,
    placed.is_region_imputed,
    skin_types.skin_type,
    skin_types.is_skin_type_imputed
from placed
inner join skin_types on placed.customer_id = skin_types.customer_id
