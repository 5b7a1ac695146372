-- Which share of a day's purchases recommendations led to. A model that learns from purchases which it caused itself
-- sees its own opinions confirmed; the larger the share, the less a new run can find out.
with live as (

    select
        model_run_id,
        min(shown_on) as first_shown_on,
        max(shown_on) as last_shown_on,
        max(case when is_simulated then 1 else 0 end) = 1 as is_simulated
    from {{ ref('monitoring_impressions') }}
    group by model_run_id

),

purchases as (

    select * from {{ ref('monitoring_purchases') }}

),

led as (

    select * from {{ ref('monitoring_led_purchases') }}

),

days as (

    select
        purchases.bought_on as observed_on,
        live.model_run_id,
        live.is_simulated,
        sum(case when led.model_run_id = live.model_run_id then 1 else 0 end) as led_purchases,
        count(*) as purchases
    from purchases
    inner join live
        on
            purchases.bought_on >= live.first_shown_on
            and {{ days_between('live.last_shown_on', 'purchases.bought_on') }}
            <= {{ var('purchase_follows_within_days') }}
    left join led
        on
            purchases.customer_id = led.customer_id
            and purchases.product_id = led.product_id
            and purchases.bought_on = led.bought_on
    group by
        purchases.bought_on,
        live.model_run_id,
        live.is_simulated

)

select
    observed_on,
    model_run_id,
    'feedback_loop_share' as metric,
    {{ safe_divide('led_purchases', 'purchases') }} as value,
    {{ wilson_low('led_purchases', 'purchases') }} as interval_low,
    {{ wilson_high('led_purchases', 'purchases') }} as interval_high,
    cast(led_purchases as double) as numerator,
    cast(purchases as double) as denominator,
    is_simulated
from days
