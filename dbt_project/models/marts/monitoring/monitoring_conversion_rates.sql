-- Of the customers who were shown recommendations on a day, how many bought a shown product soon after. Only days of
-- which the window has closed: half a window looks like a bad one.
with shown as (

    select
        model_run_id,
        shown_on,
        customer_id,
        product_id,
        max(case when is_simulated then 1 else 0 end) as is_simulated
    from {{ ref('monitoring_impressions') }}
    group by
        model_run_id,
        shown_on,
        customer_id,
        product_id

),

purchases as (

    select * from {{ ref('monitoring_purchases') }}

),

clock as (

    select as_of from {{ ref('int_as_of') }}

),

visits as (

    select
        shown.model_run_id,
        shown.shown_on,
        shown.customer_id,
        max(shown.is_simulated) as is_simulated,
        max(case when purchases.product_id is not null then 1 else 0 end) as is_converted
    from shown
    inner join clock
        on {{ days_between('shown.shown_on', 'clock.as_of') }} >= {{ var('purchase_follows_within_days') }} + 1
    left join purchases
        on
            shown.customer_id = purchases.customer_id
            and shown.product_id = purchases.product_id
            and shown.shown_on <= purchases.bought_on
            and {{ days_between('shown.shown_on', 'purchases.bought_on') }} <= {{ var('purchase_follows_within_days') }}
    group by
        shown.model_run_id,
        shown.shown_on,
        shown.customer_id

),

days as (

    select
        shown_on as observed_on,
        model_run_id,
        sum(is_converted) as converted,
        count(*) as customers,
        max(is_simulated) = 1 as is_simulated
    from visits
    group by
        model_run_id,
        shown_on

)

select
    observed_on,
    model_run_id,
    'conversion_rate' as metric,
    {{ safe_divide('converted', 'customers') }} as value,
    {{ wilson_low('converted', 'customers') }} as interval_low,
    {{ wilson_high('converted', 'customers') }} as interval_high,
    cast(converted as double) as numerator,
    cast(customers as double) as denominator,
    is_simulated
from days
