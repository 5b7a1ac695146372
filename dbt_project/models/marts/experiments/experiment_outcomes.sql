-- What customers did from their first exposure until their window closed, and what the same customers did before it.
-- Customers who did nothing are here with zeros: leaving them out would compare buyers with buyers.
with exposures as (

    select
        exposures.*,
        experiments.outcome_days,
        experiments.pre_period_days
    from {{ ref('experiment_exposures') }} as exposures
    inner join {{ ref('ref_experiments') }} as experiments on exposures.experiment_id = experiments.experiment_id
    where exposures.is_analysed

),

experiment_events as (

    select * from {{ ref('int_experiment_events') }}

),

interactions as (

    select *
    from {{ ref('fct_interactions') }}
    where
        customer_id is not null
        and time_precision <> 'surrogate'

),

purchases as (

    select *
    from {{ ref('fct_transactions') }}
    where
        is_purchase
        and time_precision <> 'surrogate'

),

shown as (

    select
        experiment_id,
        customer_id,
        product_id,
        min(occurred_at) as first_shown_at
    from experiment_events
    where event_type = 'impression'
    group by experiment_id, customer_id, product_id

),

reactions as (

    select
        exposures.experiment_id,
        exposures.customer_id,
        count(case when experiment_events.event_type = 'impression' then 1 end) as impressions,
        count(case when experiment_events.event_type = 'click' then 1 end) as clicks
    from exposures
    inner join experiment_events
        on
            exposures.experiment_id = experiment_events.experiment_id
            and exposures.customer_id = experiment_events.customer_id
            and exposures.first_exposed_at <= experiment_events.occurred_at
            and exposures.outcome_ends_at > experiment_events.occurred_at
    group by exposures.experiment_id, exposures.customer_id

),

-- Carts, stars and complaints rarely say what led to them: they count if the product had been shown before.
followed as (

    select
        exposures.experiment_id,
        exposures.customer_id,
        count(case when interactions.event_type = 'add_to_cart' then 1 end) as add_to_carts,
        count(case when interactions.event_type = 'complaint' then 1 end) as complaints,
        count(case when interactions.event_type = 'rating' then 1 end) as ratings,
        {{ exact_sum("case when interactions.event_type = 'rating' then interactions.rating end") }} as rating_sum
    from exposures
    inner join shown
        on
            exposures.experiment_id = shown.experiment_id
            and exposures.customer_id = shown.customer_id
    inner join interactions
        on
            shown.customer_id = interactions.customer_id
            and shown.product_id = interactions.product_id
            and shown.first_shown_at <= interactions.occurred_at
            and exposures.outcome_ends_at > interactions.occurred_at
    group by exposures.experiment_id, exposures.customer_id

),

-- The order is the proof of a purchase. The app's own event counts as well, because it may come without one; the
-- products are counted once.
bought as (

    select
        customer_id,
        product_id,
        ordered_at as bought_at,
        line_amount_eur
    from purchases
    union all
    select
        customer_id,
        product_id,
        occurred_at as bought_at,
        cast(null as double) as line_amount_eur
    from interactions
    where event_type = 'purchase'

),

conversions as (

    select
        exposures.experiment_id,
        exposures.customer_id,
        count(distinct bought.product_id) as purchased_products,
        count(distinct case when bought.bought_at >= shown.first_shown_at then bought.product_id end)
            as purchased_shown_products,
        {{ exact_sum('bought.line_amount_eur') }} as revenue_eur
    from exposures
    inner join bought
        on
            exposures.customer_id = bought.customer_id
            and exposures.first_exposed_at <= bought.bought_at
            and exposures.outcome_ends_at > bought.bought_at
    left join shown
        on
            exposures.experiment_id = shown.experiment_id
            and bought.customer_id = shown.customer_id
            and bought.product_id = shown.product_id
    group by exposures.experiment_id, exposures.customer_id

),

earlier_events as (

    select
        exposures.experiment_id,
        exposures.customer_id,
        count(case when interactions.event_type <> 'impression' then 1 end) as pre_events,
        count(case when interactions.event_type = 'click' then 1 end) as pre_clicks
    from exposures
    inner join interactions
        on
            exposures.customer_id = interactions.customer_id
            and exposures.first_exposed_at > interactions.occurred_at
            and exposures.pre_period_days
            >= {{ days_between('interactions.occurred_at', 'exposures.first_exposed_at') }}
    group by exposures.experiment_id, exposures.customer_id

),

earlier_purchases as (

    select
        exposures.experiment_id,
        exposures.customer_id,
        count(distinct purchases.transaction_id) as pre_transactions,
        {{ exact_sum('purchases.line_amount_eur') }} as pre_revenue_eur
    from exposures
    inner join purchases
        on
            exposures.customer_id = purchases.customer_id
            and exposures.first_exposed_at > purchases.ordered_at
            and exposures.pre_period_days
            >= {{ days_between('purchases.ordered_at', 'exposures.first_exposed_at') }}
    group by exposures.experiment_id, exposures.customer_id

),

final as (

    select
        -- ids
        exposures.experiment_id,
        exposures.customer_id,
        exposures.arm,

        -- of the customer
        exposures.skin_type,
        exposures.first_reason_code,

        -- the window
        exposures.first_exposed_at,
        exposures.outcome_ends_at,
        exposures.is_complete,
        exposures.is_simulated,

        -- outcomes
        cast(coalesce(reactions.impressions, 0) as bigint) as impressions,
        cast(coalesce(reactions.clicks, 0) as bigint) as clicks,
        cast(coalesce(followed.add_to_carts, 0) as bigint) as add_to_carts,
        cast(coalesce(conversions.purchased_products, 0) as bigint) as purchased_products,
        cast(coalesce(conversions.purchased_shown_products, 0) as bigint) as purchased_shown_products,
        coalesce(conversions.purchased_products, 0) > 0 as is_converted,
        coalesce(conversions.purchased_shown_products, 0) > 0 as is_converted_on_shown,
        coalesce(conversions.revenue_eur, 0) as revenue_eur,
        cast(coalesce(followed.ratings, 0) as bigint) as ratings,
        coalesce(followed.rating_sum, 0) as rating_sum,
        cast(coalesce(followed.complaints, 0) as bigint) as complaints,

        -- covariates
        cast(coalesce(earlier_events.pre_events, 0) as bigint) as pre_events,
        cast(coalesce(earlier_events.pre_clicks, 0) as bigint) as pre_clicks,
        cast(coalesce(earlier_purchases.pre_transactions, 0) as bigint) as pre_transactions,
        coalesce(earlier_purchases.pre_revenue_eur, 0) as pre_revenue_eur

    from exposures
    {% for found in ['reactions', 'followed', 'conversions', 'earlier_events', 'earlier_purchases'] -%}
    left join {{ found }}
        on
            exposures.experiment_id = {{ found }}.experiment_id
            and exposures.customer_id = {{ found }}.customer_id
    {% endfor %}
)

select * from final
