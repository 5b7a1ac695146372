-- What today's lists are worth watching for, one number a metric. A metric that cannot be known (no ratings, no release
-- before this one) has no row.
with exposure as (

    select * from {{ ref('monitoring_product_exposure') }}

),

served_customers as (

    select * from {{ ref('monitoring_served_customers') }}

),

freshness as (

    select * from {{ ref('monitoring_freshness') }}

),

repetition as (

    select *
    from {{ ref('release_repetition') }}
    where slice = 'all'

),

violations as (

    select count(*) as violations from {{ ref('monitoring_exclusion_violations') }}

),

coverage as (

    select
        'catalogue_coverage' as metric,
        cast(sum(case when times_shown > 0 then 1 else 0 end) as double) as numerator,
        cast(count(*) as double) as denominator
    from exposure

),

served as (

    select
        'customers_served' as metric,
        cast(sum(case when is_served then 1 else 0 end) as double) as numerator,
        cast(count(*) as double) as denominator
    from served_customers

),

cold_start as (

    select
        'cold_start_share' as metric,
        cast(sum(case when is_cold_start then 1 else 0 end) as double) as numerator,
        cast(count(*) as double) as denominator
    from served_customers
    where is_served

),

-- The products in the order of their exposure, as the Gini coefficient takes them.
placed as (

    select
        times_shown,
        row_number() over (order by times_shown, product_id) as place,
        count(*) over () as products
    from exposure

),

gini as (

    select
        'exposure_gini' as metric,
        cast(sum((2 * place - products - 1) * times_shown) as double) as numerator,
        cast(max(products) * sum(times_shown) as double) as denominator
    from placed

),

totals as (

    select sum(purchases) as purchases from exposure

),

-- Self-information of what is shown, in bits; what never sold counts as if sold once.
novelty as (

    select
        'novelty_bits' as metric,
        {{ exact_sum(
            '-exposure.times_shown * log2(greatest(exposure.purchases, 1) / cast(totals.purchases as double))'
        ) }} as numerator,
        cast(sum(exposure.times_shown) as double) as denominator
    from exposure
    cross join totals
    where totals.purchases > 0

),

rating as (

    select
        'mean_rating' as metric,
        {{ exact_sum('times_shown * rating') }} as numerator,
        cast(sum(case when rating is not null then times_shown end) as double) as denominator
    from exposure

),

shares as (

    select * from coverage
    union all
    select * from served
    union all
    select * from cold_start
    union all
    select * from gini
    union all
    select * from novelty
    union all
    select * from rating

),

numbers as (

    select
        'exclusion_violations' as metric,
        cast(violations as double) as value
    from violations
    union all
    select
        metric,
        -- The oldest extract: the shop is as fresh as its slowest system.
        max(age_days) as value
    from freshness
    group by metric
    union all
    select
        'repetition_jaccard' as metric,
        mean_jaccard as value
    from repetition
    union all
    select
        'repetition_rank_biased_overlap' as metric,
        mean_rank_biased_overlap as value
    from repetition

),

final as (

    select
        metric,
        {{ safe_divide('numerator', 'denominator') }} as value,
        numerator,
        denominator
    from shares
    where denominator > 0
    union all
    select
        metric,
        value,
        cast(null as double) as numerator,
        cast(null as double) as denominator
    from numbers

)

select * from final
