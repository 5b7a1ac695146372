-- Nothing is kept from anybody without a reason on record, and the record is of something that happened: a search or
-- opt-out of theirs, their profile, a purchase of theirs.
with blocked as (

    select * from {{ ref('blocked_recommendations') }}

),

without_evidence as (

    select
        removed.customer_id,
        removed.product_id,
        'nothing speaks against it' as finding
    from {{ ref('ml_blocked_recommendations') }} as removed
    left join blocked
        on
            removed.customer_id = blocked.customer_id
            and removed.product_id = blocked.product_id
    where blocked.product_id is null

),

unknown_events as (

    select
        blocked.customer_id,
        blocked.product_id,
        'no such search or opt-out' as finding
    from blocked
    left join {{ ref('ftr_user_exclusions') }} as exclusions
        on
            blocked.customer_id = exclusions.customer_id
            and blocked.exclusion_kind = exclusions.exclusion_kind
            and blocked.exclusion_id = exclusions.exclusion_id
            and blocked.evidence_source = exclusions.evidence_source
            and exclusions.protocol = 'serving'
    left join {{ ref('fct_interactions') }} as interactions
        on
            exclusions.evidence_id = interactions.event_id
            and blocked.customer_id = interactions.customer_id
            and blocked.evidence_source = case
                when interactions.event_type = 'exclude_ingredient' then 'opt_out'
                else interactions.event_type
            end
    where
        blocked.evidence_source in ('search', 'opt_out')
        and interactions.event_id is null

),

unknown_purchases as (

    select
        blocked.customer_id,
        blocked.product_id,
        'no such purchase' as finding
    from blocked
    left join {{ ref('fct_transactions') }} as transactions
        on
            blocked.evidence_product_id = transactions.product_id
            and blocked.customer_id = transactions.customer_id
            and transactions.is_purchase
    where
        blocked.evidence_source = 'in_use'
        and transactions.product_id is null

)

select * from without_evidence
union all
select * from unknown_events
union all
select * from unknown_purchases
