{%- set described = [
    'birth_date', 'age', 'gender', 'country', 'region', 'skin_type', 'skin_concerns', 'avoided_ingredients',
    'signed_up_at', 'has_marketing_consent', 'email', 'closed_at', 'updated_at',
] -%}
with customers as (

    select * from {{ ref('stg_crm__customers') }}

),

treatments as (

    {{ column_treatments('stg_crm__customers', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        customers.source_row_number,
        customers.customer_id,
        customers.signed_up_at,
        customers.updated_at,
        customers.extracted_at,
        case when customers.email like '%_@_%' then lower(trim(customers.email)) end as email,
        case
            when customers.is_unreadable then 'unreadable_row'
            when customers.customer_id is null then 'missing_key'
            when {{ lacks_required_value('customers', described) }} then 'missing_required_value'
            when {{ matches_marker('customers.email', 'test_email_pattern') }} then 'test_customer'
        end as rule_id
    from customers
    cross join treatments

),

-- A customer that was sent several times: the newest row speaks, and older ones fill what it does not say.
versions as (

    select
        source_row_number,
        customer_id,
        row_number() over newest_first as version,
        first_value(source_row_number) over newest_first as newest_row_number,
        {{ first_known('email') }} over whole_history as email,
        min(signed_up_at) over (partition by customer_id) as signed_up_at
    from judged
    where rule_id is null
    window
        newest_first as (
            partition by customer_id
            order by updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
        ),
        whole_history as (
            partition by customer_id
            order by updated_at desc nulls last, extracted_at desc nulls last, source_row_number desc
            rows between unbounded preceding and unbounded following
        )

),

accounts as (

    select
        customer_id,
        newest_row_number,
        email,
        row_number() over same_email as account_of_person,
        count(*) over (partition by email) as accounts_with_email,
        first_value(customer_id) over same_email as oldest_customer_id,
        first_value(newest_row_number) over same_email as oldest_row_number
    from versions
    where version = 1
    window same_email as (partition by email order by signed_up_at nulls last, source_row_number)

),

-- Accounts that share an address are one person. An address that very many share is a placeholder and says nothing.
people as (

    select
        customer_id,
        newest_row_number,
        case when is_shared then oldest_customer_id else customer_id end as surviving_customer_id,
        case when is_shared then oldest_row_number else newest_row_number end as surviving_row_number
    from (
        select
            *,
            email is not null
            and accounts_with_email between 2 and {{ var('most_accounts_per_email') }} as is_shared
        from accounts
    ) as marked

)

select
    judged.source_row_number,
    judged.customer_id,
    people.surviving_customer_id,
    case
        when judged.rule_id is not null then 'rejected'
        when judged.source_row_number = people.surviving_row_number then 'kept'
        else 'merged'
    end as row_outcome,
    case
        when judged.rule_id is not null then judged.rule_id
        when judged.source_row_number <> people.newest_row_number then 'duplicate_resent'
        when judged.source_row_number <> people.surviving_row_number then 'duplicate_customer'
    end as rule_id,
    case
        when judged.rule_id is null and judged.source_row_number <> people.surviving_row_number
            then people.surviving_row_number
    end as merged_into_row_number
from judged
left join people
    on
        judged.rule_id is null
        and judged.customer_id = people.customer_id
