-- What must be kept from a customer as of the cutoff, with the evidence: an opt-out, of which the last word counts; a
-- search (the first one: a wish once voiced holds) that the customer has not taken back by allowing the ingredient; or
-- the profile, which holds from the start. What the profile says may be an allergy, told to a person: a button pressed
-- in the app does not undo it; changing the profile does.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

interactions as (

    select * from {{ ref('ftr_visible_interactions') }}

),

query_exclusions as (

    select * from {{ ref('ftr_query_exclusions') }}

),

opt_outs as (

    select * from {{ ref('ftr_user_opt_outs') }}

),

declared as (

    select * from {{ ref('bridge_user_avoided_ingredients') }}

),

searched as (

    select
        interactions.protocol,
        interactions.split,
        interactions.customer_id,
        query_exclusions.exclusion_kind,
        query_exclusions.exclusion_id,
        interactions.event_id,
        interactions.query,
        interactions.occurred_at,
        row_number() over (
            partition by
                interactions.protocol,
                interactions.split,
                interactions.customer_id,
                query_exclusions.exclusion_kind,
                query_exclusions.exclusion_id
            order by interactions.occurred_at, interactions.event_id
        ) as place
    from interactions
    inner join query_exclusions on interactions.query = query_exclusions.query
    left join opt_outs
        on
            interactions.protocol = opt_outs.protocol
            and interactions.split = opt_outs.split
            and interactions.customer_id = opt_outs.customer_id
            and query_exclusions.exclusion_kind = opt_outs.exclusion_kind
            and query_exclusions.exclusion_id = opt_outs.exclusion_id
            and not opt_outs.is_excluded
    where
        interactions.event_type = 'search'
        and (opt_outs.decided_at is null or interactions.occurred_at > opt_outs.decided_at)

),

evidence as (

    select
        protocol,
        split,
        customer_id,
        exclusion_kind,
        exclusion_id,
        'search' as evidence_source,
        event_id as evidence_id,
        query as evidence_text,
        occurred_at as excluded_at
    from searched
    where place = 1
    union all
    select
        protocol,
        split,
        customer_id,
        exclusion_kind,
        exclusion_id,
        'opt_out' as evidence_source,
        event_id as evidence_id,
        term as evidence_text,
        decided_at as excluded_at
    from opt_outs
    where is_excluded
    union all
    select
        spine.protocol,
        spine.split,
        declared.customer_id,
        declared.exclusion_kind,
        declared.exclusion_id,
        'profile' as evidence_source,
        declared.customer_id as evidence_id,
        declared.declared_text as evidence_text,
        cast(null as timestamp) as excluded_at
    from declared
    inner join spine on declared.customer_id = spine.customer_id

),

final as (

    select
        -------- ids
        protocol,
        split,
        customer_id,
        exclusion_kind,
        exclusion_id,
        evidence_source,
        evidence_id,

        -------- texts
        evidence_text,

        -------- timestamps
        excluded_at
    from evidence

)

select * from final
