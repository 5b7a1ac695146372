-- Every logged place of a list with the chance that it had to show what it showed, whether that was clicked, and
-- whether today's recommendations would show the same there.
with impressions as (

    select *
    from {{ ref('int_experiment_events') }}
    where
        event_type = 'impression'
        and propensity is not null
        and rank is not null

),

clicks as (

    select distinct
        experiment_id,
        customer_id,
        session_id,
        product_id
    from {{ ref('int_experiment_events') }}
    where
        event_type = 'click'
        and session_id is not null

),

recommendations as (

    select
        customer_id,
        rank,
        product_id
    from {{ ref('recommendations') }}

),

final as (

    select
        impressions.event_id,
        impressions.experiment_id,
        impressions.arm,
        impressions.customer_id,
        impressions.product_id,
        impressions.rank,
        impressions.propensity,
        clicks.product_id is not null as is_clicked,
        coalesce(recommendations.product_id = impressions.product_id, false) as is_recommended_now,
        impressions.is_simulated
    from impressions
    left join clicks
        on
            impressions.experiment_id = clicks.experiment_id
            and impressions.customer_id = clicks.customer_id
            and impressions.session_id = clicks.session_id
            and impressions.product_id = clicks.product_id
    left join recommendations
        on
            impressions.customer_id = recommendations.customer_id
            and impressions.rank = recommendations.rank

)

select * from final
