with interactions as (

    select * from {{ ref('int_interactions_unified') }}

),

final as (

    select
        -- ids
        event_id,
        session_id,
        customer_id,
        is_stitched,
        product_id,

        -- what happened, and when
        event_type,
        occurred_at,
        time_precision,
        platform,
        query,
        rating,
        review_text,

        -- what had been shown
        cast(rank as integer) as rank,
        model_run_id,
        experiment_id,
        experiment_arm,
        propensity,
        reason_code,

        -- whether it happened at all
        is_simulated

    from interactions

)

select * from final
