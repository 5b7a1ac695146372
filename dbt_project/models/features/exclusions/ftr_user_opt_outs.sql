-- What a customer has last decided about an ingredient or family before the cutoff: the last word counts. Said both
-- ways in one moment, it is taken as excluded: the mistake in the other direction may hurt.
with interactions as (

    select * from {{ ref('ftr_visible_interactions') }}

),

opt_out_terms as (

    select * from {{ ref('ftr_opt_out_terms') }}

),

decisions as (

    select
        interactions.protocol,
        interactions.split,
        interactions.customer_id,
        opt_out_terms.exclusion_kind,
        opt_out_terms.exclusion_id,
        interactions.event_id,
        interactions.query,
        interactions.event_type = 'exclude_ingredient' as is_excluded,
        interactions.occurred_at,
        row_number() over (
            partition by
                interactions.protocol,
                interactions.split,
                interactions.customer_id,
                opt_out_terms.exclusion_kind,
                opt_out_terms.exclusion_id
            order by interactions.occurred_at desc, interactions.event_type desc, interactions.event_id asc
        ) as place
    from interactions
    inner join opt_out_terms on interactions.query = opt_out_terms.term
    where interactions.event_type in ('exclude_ingredient', 'allow_ingredient')

),

final as (

    select
        -------- ids
        protocol,
        split,
        customer_id,
        exclusion_kind,
        exclusion_id,
        event_id,

        -------- texts
        query as term,

        -------- booleans
        is_excluded,

        -------- timestamps
        occurred_at as decided_at
    from decisions
    where place = 1

)

select * from final
