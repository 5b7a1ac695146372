-- Clicks on what was shown, by day; and whether the last week was worse than the four weeks before it.
with days as (

    select
        model_run_id,
        shown_on,
        count(*) as impressions,
        sum(case when is_clicked then 1 else 0 end) as clicks,
        max(case when is_simulated then 1 else 0 end) = 1 as is_simulated
    from {{ ref('monitoring_impressions') }}
    group by
        model_run_id,
        shown_on

),

windows as (

    select
        days.model_run_id,
        days.shown_on,
        days.is_simulated,
        sum(case when {{ days_between('earlier.shown_on', 'days.shown_on') }} < 7 then earlier.impressions end)
            as week_impressions,
        sum(case when {{ days_between('earlier.shown_on', 'days.shown_on') }} < 7 then earlier.clicks end)
            as week_clicks,
        sum(case when {{ days_between('earlier.shown_on', 'days.shown_on') }} >= 7 then earlier.impressions end)
            as before_impressions,
        sum(case when {{ days_between('earlier.shown_on', 'days.shown_on') }} >= 7 then earlier.clicks end)
            as before_clicks
    from days
    inner join days as earlier
        on
            days.model_run_id = earlier.model_run_id
            and days.shown_on >= earlier.shown_on
            and {{ days_between('earlier.shown_on', 'days.shown_on') }} < 35
    group by
        days.model_run_id,
        days.shown_on,
        days.is_simulated

),

-- The interval of a ratio of two shares, on the logarithm's scale (Katz et al. 1978).
changes as (

    select
        model_run_id,
        shown_on,
        is_simulated,
        {{ safe_divide(
            safe_divide('week_clicks', 'week_impressions'),
            safe_divide('before_clicks', 'before_impressions')
        ) }} as ratio,
        1.959963984540054 * sqrt(
            1.0 / week_clicks - 1.0 / week_impressions + 1.0 / before_clicks - 1.0 / before_impressions
        ) as reach
    from windows
    where
        week_clicks > 0
        and before_clicks > 0

),

final as (

    select
        shown_on as observed_on,
        model_run_id,
        'click_rate' as metric,
        {{ safe_divide('clicks', 'impressions') }} as value,
        {{ wilson_low('clicks', 'impressions') }} as interval_low,
        {{ wilson_high('clicks', 'impressions') }} as interval_high,
        cast(clicks as double) as numerator,
        cast(impressions as double) as denominator,
        is_simulated
    from days
    union all
    select
        shown_on as observed_on,
        model_run_id,
        'click_rate_change' as metric,
        ratio as value,
        ratio * exp(-reach) as interval_low,
        ratio * exp(reach) as interval_high,
        cast(null as double) as numerator,
        cast(null as double) as denominator,
        is_simulated
    from changes

)

select * from final
