{%- set described = ['customer_id', 'issued_on'] -%}
with cards as (

    select * from {{ ref('stg_pos__loyalty_cards') }}

),

customers as (

    select distinct
        customer_id,
        surviving_customer_id
    from {{ ref('int_customers_screened') }}
    where row_outcome <> 'rejected'

),

treatments as (

    {{ column_treatments('stg_pos__loyalty_cards', described) }}

),

-- The first rule that a row fails, in this order; null for a row that fails none.
judged as (

    select
        cards.source_row_number,
        cards.card_number,
        customers.surviving_customer_id as customer_id,
        cards.issued_on,
        cards.extracted_at,
        case
            when cards.is_unreadable then 'unreadable_row'
            when cards.card_number is null then 'missing_key'
            when {{ lacks_required_value('cards', described) }} then 'missing_required_value'
            when customers.customer_id is null then 'orphan_customer'
        end as rule_id
    from cards
    cross join treatments
    left join customers on cards.customer_id = customers.customer_id

),

-- A card number that was issued again belongs to its latest holder.
latest_holders as (

    select
        source_row_number,
        first_value(source_row_number) over latest_first as latest_row_number,
        first_value(customer_id) over latest_first as latest_customer_id
    from judged
    where rule_id is null
    window latest_first as (
        partition by card_number
        order by issued_on desc nulls last, extracted_at desc nulls last, source_row_number desc
    )

)

select
    judged.source_row_number,
    judged.card_number,
    judged.customer_id,
    case
        when judged.rule_id is not null then 'rejected'
        when judged.source_row_number = latest_holders.latest_row_number then 'kept'
        else 'merged'
    end as row_outcome,
    case
        when judged.rule_id is not null then judged.rule_id
        when judged.customer_id <> latest_holders.latest_customer_id then 'reassigned_card'
        when judged.source_row_number <> latest_holders.latest_row_number then 'duplicate_resent'
    end as rule_id,
    case
        when judged.source_row_number <> latest_holders.latest_row_number then latest_holders.latest_row_number
    end as merged_into_row_number
from judged
left join latest_holders on judged.source_row_number = latest_holders.source_row_number
