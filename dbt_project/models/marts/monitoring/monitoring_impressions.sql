-- Every impression that a model run is answerable for, and whether it was clicked in the same session. Days, not
-- moments, decide what follows what further on: many tills know the day alone.
with interactions as (

    select *
    from {{ ref('fct_interactions') }}
    where
        model_run_id is not null
        and customer_id is not null
        and product_id is not null
        and time_precision <> 'surrogate'

),

clicks as (

    select distinct
        model_run_id,
        customer_id,
        session_id,
        product_id
    from interactions
    where event_type = 'click'

),

final as (

    select
        interactions.event_id,
        interactions.model_run_id,
        interactions.customer_id,
        interactions.product_id,
        cast(interactions.occurred_at as date) as shown_on,
        clicks.product_id is not null as is_clicked,
        interactions.is_simulated
    from interactions
    left join clicks
        on
            interactions.model_run_id = clicks.model_run_id
            and interactions.customer_id = clicks.customer_id
            and interactions.session_id = clicks.session_id
            and interactions.product_id = clicks.product_id
    where interactions.event_type = 'impression'

)

select * from final
