-- The table that the world reads. The model's rows are joined to nothing but their run and the warehouse's clock, so
-- that what a customer sees is exactly what was scored, evaluated and tested.
with scored as (

    select * from {{ ref('ml_recommendations') }}

),

clock as (

    select * from {{ ref('int_as_of') }}

),

final as (

    select
        -------- ids
        cast(scored.customer_id as varchar) as customer_id,
        cast(scored.rank as integer) as rank,
        cast(scored.product_id as varchar) as product_id,

        -------- scores
        cast(scored.score as double) as score,
        cast(scored.content_score as double) as content_score,
        cast(scored.collaborative_score as double) as collaborative_score,
        cast(scored.bucket_score as double) as bucket_score,
        cast(scored.concern_score as double) as concern_score,
        cast(scored.repurchase_score as double) as repurchase_score,
        cast(scored.rule_score as double) as rule_score,

        -------- why
        cast(scored.reason_code as varchar) as reason_code,
        cast(scored.reason as varchar) as reason,
        cast(scored.evidence_product_id as varchar) as evidence_product_id,
        cast(scored.concern_id as varchar) as evidence_concern_id,
        cast(scored.routine_step as varchar) as evidence_routine_step,
        cast(scored.caution as varchar) as caution,

        -------- rules
        cast(scored.model_rank as integer) as model_rank,
        cast(scored.moved_by as varchar) as moved_by,
        cast(scored.is_exploration as boolean) as is_exploration,
        cast(scored.propensity as double) as propensity,

        -------- provenance
        cast(scored.model_run_id as varchar) as model_run_id,
        -- The point in time that the recommendations are as of, not the moment of the build: the same extracts give
        -- the same bytes. When it was published is in `release`.
        cast(clock.as_of as timestamp) as generated_at
    from scored
    cross join clock

)

select * from final
order by customer_id, rank
