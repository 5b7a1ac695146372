-- Which purchases a recommendation led to: the customer had clicked on it in the days before, or on the same day. Of
-- several clicks the last one counts.
with purchases as (

    select * from {{ ref('monitoring_purchases') }}

),

clicked as (

    select
        model_run_id,
        customer_id,
        product_id,
        shown_on
    from {{ ref('monitoring_impressions') }}
    where is_clicked
    group by
        model_run_id,
        customer_id,
        product_id,
        shown_on

),

candidates as (

    select
        purchases.customer_id,
        purchases.product_id,
        purchases.bought_on,
        clicked.model_run_id,
        row_number() over (
            partition by purchases.customer_id, purchases.product_id, purchases.bought_on
            order by clicked.shown_on desc, clicked.model_run_id asc
        ) as click_number
    from purchases
    inner join clicked
        on
            purchases.customer_id = clicked.customer_id
            and purchases.product_id = clicked.product_id
            and purchases.bought_on >= clicked.shown_on
            and {{ days_between('clicked.shown_on', 'purchases.bought_on') }}
            <= {{ var('purchase_follows_within_days') }}

)

select
    customer_id,
    product_id,
    bought_on,
    model_run_id
from candidates
where click_number = 1
