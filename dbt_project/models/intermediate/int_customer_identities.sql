with accounts as (

    select distinct
        customer_id as identifier,
        surviving_customer_id as customer_id
    from {{ ref('int_customers_screened') }}
    where row_outcome <> 'rejected'

),

cards as (

    select
        card_number as identifier,
        customer_id
    from {{ ref('int_loyalty_cards_screened') }}
    where row_outcome = 'kept'

),

identities as (

    select
        'customer_id' as identifier_kind,
        identifier,
        customer_id
    from accounts
    union all
    select
        'loyalty_card' as identifier_kind,
        identifier,
        customer_id
    from cards

)

select
    concat(identifier_kind, ':', identifier) as identity_id,
    identifier_kind,
    identifier,
    customer_id
from identities
