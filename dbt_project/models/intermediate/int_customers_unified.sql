{#- What one row of a person may know and another not. -#}
{%- set facts = [
    'birth_date', 'age', 'gender', 'country', 'region', 'skin_type', 'skin_concerns', 'avoided_ingredients', 'email',
] -%}
with screened as (

    select
        source_row_number,
        surviving_customer_id,
        merged_into_row_number
    from {{ ref('int_customers_screened') }}
    where row_outcome <> 'rejected'

),

customers as (

    select * from {{ ref('stg_crm__customers') }}

),

as_of as (

    select as_of from {{ ref('int_as_of') }}

),

age_limits as (

    select
        lower_bound,
        upper_bound
    from {{ ref('ref_outlier_rules') }}
    where measure = 'customer_age'

),

-- All that was ever said about a person; `is_own` marks the account that survives.
statements as (

    select
        screened.surviving_customer_id,
        customers.customer_id,
        customers.source_row_number,
        customers.customer_id = screened.surviving_customer_id as is_own,
        customers.birth_date,
        customers.age,
        customers.gender,
        customers.country,
        customers.region,
        customers.skin_type,
        {{ mask_contacts('customers.skin_concerns') }} as skin_concerns,
        {{ mask_contacts('customers.avoided_ingredients') }} as avoided_ingredients,
        case when customers.email like '%_@_%' then lower(trim(customers.email)) end as email,
        customers.has_marketing_consent,
        customers.signed_up_at,
        customers.closed_at,
        customers.updated_at,
        customers.extracted_at
    from screened
    inner join customers on screened.source_row_number = customers.source_row_number

),

-- The surviving account's newest statement first; what it leaves open is filled from its older ones, then from the
-- merged accounts, newest first. Consent is different: the person's latest word counts, whichever account said it.
filled as (

    select
        surviving_customer_id as customer_id,
        row_number() over own_first as place,
        {%- for fact in facts %}
        {{ first_known(fact) }} over own_first_all as {{ fact }},
        {%- endfor %}
        {{ first_known('has_marketing_consent') }} over newest_first_all as has_marketing_consent,
        min(signed_up_at) over (partition by surviving_customer_id) as signed_up_at
    from statements
    window
        own_first as (
            partition by surviving_customer_id
            order by is_own desc, updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
        ),
        own_first_all as (
            partition by surviving_customer_id
            order by is_own desc, updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
            rows between unbounded preceding and unbounded following
        ),
        newest_first_all as (
            partition by surviving_customer_id
            order by updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
            rows between unbounded preceding and unbounded following
        )

),

-- Each account as its newest row says; a person is active while one account is open.
accounts as (

    select
        surviving_customer_id as customer_id,
        closed_at,
        row_number() over (
            partition by customer_id
            order by updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
        ) as version
    from statements

),

activity as (

    select
        accounts.customer_id,
        max(case when accounts.closed_at is null or accounts.closed_at > as_of.as_of then 1 else 0 end) = 1 as is_active
    from accounts
    cross join as_of
    where accounts.version = 1
    group by accounts.customer_id

),

-- A birth date outweighs a stated age, which was true on the day it was stated only.
aged as (

    select
        filled.*,
        {{ years_between('filled.birth_date', 'as_of.as_of') }} as age_by_birth_date
    from filled
    cross join as_of
    where filled.place = 1

),

genders as (

    {{ seed_lookup('ref_genders', 'raw_gender', ['gender']) }}

),

countries as (

    {{ seed_lookup('ref_countries', 'raw_country', ['country_code', 'region']) }}

),

regions as (

    select distinct region from {{ ref('ref_countries') }}

),

skin_types as (

    {{ seed_lookup('ref_skin_type_terms', 'term', ['skin_type_id']) }}

)

select
    aged.customer_id,
    -- From here on a person is known by the hash alone.
    {{ hash_email('aged.email') }} as email_hash,
    case
        when aged.age_by_birth_date between age_limits.lower_bound and age_limits.upper_bound
            then aged.age_by_birth_date
        when aged.age between age_limits.lower_bound and age_limits.upper_bound then aged.age
    end as age,
    nullif(genders.gender, 'unknown') as gender,
    countries.country_code,
    coalesce(countries.region, regions.region) as region,
    nullif(skin_types.skin_type_id, 'unknown') as skin_type,
    aged.skin_concerns,
    aged.avoided_ingredients,
    aged.has_marketing_consent,
    aged.signed_up_at,
    activity.is_active
from aged
inner join activity on aged.customer_id = activity.customer_id
cross join age_limits
left join genders on {{ normalise_text('aged.gender') }} = genders.raw_text
left join countries on {{ normalise_text('aged.country') }} = countries.raw_text
left join regions on {{ slug('aged.region') }} = regions.region
left join skin_types on {{ normalise_text('aged.skin_type') }} = skin_types.raw_text
