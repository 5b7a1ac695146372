-- The model says what it would have recommended; the evidence comes from the features that forbade it.
with blocked as (

    select * from {{ ref('ml_blocked_recommendations') }}

),

user_exclusions as (

    select * from {{ ref('ftr_user_exclusions') }}

),

query_exclusions as (

    select * from {{ ref('ftr_query_exclusions') }}

),

exclusion_products as (

    select * from {{ ref('ftr_exclusion_products') }}

),

user_conflicts as (

    select * from {{ ref('ftr_user_conflicts') }}

),

conflict_products as (

    select * from {{ ref('ftr_conflict_products') }}

),

clock as (

    select * from {{ ref('int_as_of') }}

),

with_evidence as (

    select
        blocked.customer_id,
        blocked.product_id,
        blocked.rank,
        blocked.model_run_id,
        'exclusion' as rule,
        user_exclusions.exclusion_kind,
        user_exclusions.exclusion_id,
        exclusion_products.reason as exclusion_match,
        null as conflict_id,
        null as ingredient_id,
        user_exclusions.evidence_source,
        -- Of what somebody typed into the search, the house's word alone is published.
        coalesce(query_exclusions.matched_term, user_exclusions.evidence_text) as evidence_text,
        null as evidence_product_id
    from blocked
    inner join user_exclusions on blocked.customer_id = user_exclusions.customer_id
    inner join exclusion_products
        on
            user_exclusions.exclusion_kind = exclusion_products.exclusion_kind
            and user_exclusions.exclusion_id = exclusion_products.exclusion_id
            and blocked.product_id = exclusion_products.product_id
    left join query_exclusions
        on
            user_exclusions.evidence_source = 'search'
            and user_exclusions.evidence_text = query_exclusions.query
            and user_exclusions.exclusion_kind = query_exclusions.exclusion_kind
            and user_exclusions.exclusion_id = query_exclusions.exclusion_id
    where user_exclusions.protocol = 'serving'
    union all
    select
        blocked.customer_id,
        blocked.product_id,
        blocked.rank,
        blocked.model_run_id,
        'conflict' as rule,
        null as exclusion_kind,
        null as exclusion_id,
        null as exclusion_match,
        user_conflicts.conflict_id,
        conflict_products.ingredient_id,
        'in_use' as evidence_source,
        user_conflicts.reason as evidence_text,
        user_conflicts.evidence_product_id
    from blocked
    inner join user_conflicts on blocked.customer_id = user_conflicts.customer_id
    inner join conflict_products
        on
            user_conflicts.conflict_id = conflict_products.conflict_id
            and user_conflicts.conflicting_side = conflict_products.side
            and blocked.product_id = conflict_products.product_id
    where
        user_conflicts.protocol = 'serving'
        and user_conflicts.severity = 'avoid'
        and user_conflicts.evidence_product_id <> blocked.product_id

),

final as (

    select
        -------- ids
        cast(with_evidence.customer_id as varchar) as customer_id,
        cast(with_evidence.product_id as varchar) as product_id,
        cast(with_evidence.rank as integer) as would_be_rank,

        -------- rule
        cast(with_evidence.rule as varchar) as rule,
        cast(with_evidence.exclusion_kind as varchar) as exclusion_kind,
        cast(with_evidence.exclusion_id as varchar) as exclusion_id,
        cast(with_evidence.exclusion_match as varchar) as exclusion_match,
        cast(with_evidence.conflict_id as varchar) as conflict_id,
        cast(with_evidence.ingredient_id as varchar) as ingredient_id,

        -------- evidence
        cast(with_evidence.evidence_source as varchar) as evidence_source,
        cast(with_evidence.evidence_text as varchar) as evidence_text,
        cast(with_evidence.evidence_product_id as varchar) as evidence_product_id,

        -------- provenance
        cast(with_evidence.model_run_id as varchar) as model_run_id,
        cast(clock.as_of as timestamp) as generated_at
    from with_evidence
    cross join clock

)

select * from final
order by customer_id, would_be_rank, rule, exclusion_id, conflict_id, evidence_source, evidence_product_id
