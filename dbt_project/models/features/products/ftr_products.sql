-- A product as of the cutoff: how it sells, how it is liked, when it is bought again.
with splits as (

    select * from {{ ref('ftr_evaluation_splits') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

purchases as (

    select * from {{ ref('ftr_visible_purchases') }}

),

transactions as (

    select * from {{ ref('fct_transactions') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

user_products as (

    select * from {{ ref('ftr_user_products') }}

),

intervals as (

    select * from {{ ref('ftr_product_repurchase_intervals') }}

),

price_bands as (

    select * from {{ ref('ftr_product_price_bands') }}

),

-- Who is not known has no cutoff of their own. Anonymous sales and visits therefore count only where one cutoff holds
-- for everybody.
daily_purchases as (

    select
        protocol,
        split,
        product_id,
        ordered_on,
        count(*) as purchases
    from purchases
    group by
        protocol,
        split,
        product_id,
        ordered_on
    union all
    select
        splits.protocol,
        splits.split,
        transactions.product_id,
        cast(transactions.ordered_at as date) as ordered_on,
        count(*) as purchases
    from transactions
    inner join splits
        on
            splits.cutoff_rule <> 'own_transaction'
            and transactions.ordered_at < splits.cutoff_at
    where
        transactions.is_purchase
        and transactions.customer_id is null
        and transactions.time_precision <> 'surrogate'
    group by
        splits.protocol,
        splits.split,
        transactions.product_id,
        cast(transactions.ordered_at as date)

),

-- "Recent" is measured from the latest purchase that is visible, so that an old extract has a present too.
reference_days as (

    select
        protocol,
        split,
        max(ordered_on) as reference_on
    from daily_purchases
    group by
        protocol,
        split

),

sold as (

    select
        daily_purchases.protocol,
        daily_purchases.split,
        daily_purchases.product_id,
        cast(sum(daily_purchases.purchases) as bigint) as purchases,
        cast(sum(
            case
                when
                    {{ days_between('daily_purchases.ordered_on', 'reference_days.reference_on') }}
                    < {{ var('recent_days') }}
                    then daily_purchases.purchases
                when reference_days.reference_on is not null then 0
            end
        ) as bigint) as recent_purchases,
        min(daily_purchases.ordered_on) as first_purchased_on,
        max(daily_purchases.ordered_on) as last_purchased_on
    from daily_purchases
    inner join reference_days
        on
            daily_purchases.protocol = reference_days.protocol
            and daily_purchases.split = reference_days.split
    group by
        daily_purchases.protocol,
        daily_purchases.split,
        daily_purchases.product_id

),

anonymous_visits as (

    select
        splits.protocol,
        splits.split,
        interactions.product_id,
        cast(sum(case when interactions.event_type = 'view' then 1 else 0 end) as bigint) as views,
        cast(sum(case when interactions.event_type = 'save' then 1 else 0 end) as bigint) as saves,
        cast(sum(case when interactions.event_type = 'add_to_cart' then 1 else 0 end) as bigint) as carts
    from interactions
    inner join splits
        on
            splits.cutoff_rule <> 'own_transaction'
            and interactions.occurred_at < splits.cutoff_at
    where
        interactions.customer_id is null
        and interactions.product_id is not null
        and interactions.event_type in ('view', 'save', 'add_to_cart')
    group by
        splits.protocol,
        splits.split,
        interactions.product_id

),

known_customers as (

    select
        protocol,
        split,
        product_id,
        cast(sum(case when times_bought > 0 then 1 else 0 end) as bigint) as buyers,
        cast(sum(case when times_bought > 1 then 1 else 0 end) as bigint) as repeat_buyers,
        cast(sum(case when views > 0 then 1 else 0 end) as bigint) as viewers,
        cast(sum(case when views > 0 and times_bought > 0 then 1 else 0 end) as bigint) as buying_viewers,
        cast(sum(views) as bigint) as views,
        cast(sum(saves) as bigint) as saves,
        cast(sum(carts) as bigint) as carts,
        count(rating) as rating_count_seen,
        {{ exact_sum('rating') }} as rating_total
    from user_products
    group by
        protocol,
        split,
        product_id

),

measured as (

    select
        splits.protocol,
        splits.split,
        splits.cutoff_rule,
        splits.cutoff_at,
        reference_days.reference_on,
        products.product_id,
        products.category_id,
        products.launched_on,
        coalesce(sold.purchases, 0) as purchases,
        case
            when reference_days.reference_on is not null then coalesce(sold.recent_purchases, 0)
        end as recent_purchases,
        sold.first_purchased_on,
        sold.last_purchased_on,
        coalesce(known_customers.buyers, 0) as buyers,
        coalesce(known_customers.repeat_buyers, 0) as repeat_buyers,
        coalesce(known_customers.viewers, 0) as viewers,
        coalesce(known_customers.buying_viewers, 0) as buying_viewers,
        coalesce(known_customers.views, 0) + coalesce(anonymous_visits.views, 0) as views,
        coalesce(known_customers.saves, 0) + coalesce(anonymous_visits.saves, 0) as saves,
        coalesce(known_customers.carts, 0) + coalesce(anonymous_visits.carts, 0) as carts,
        coalesce(known_customers.rating_count_seen, 0) as rating_count_seen,
        known_customers.rating_total,
        {{ safe_divide('known_customers.rating_total', 'known_customers.rating_count_seen') }} as average_rating_seen
    from products
    cross join splits
    left join reference_days
        on
            splits.protocol = reference_days.protocol
            and splits.split = reference_days.split
    left join sold
        on
            products.product_id = sold.product_id
            and splits.protocol = sold.protocol
            and splits.split = sold.split
    left join known_customers
        on
            products.product_id = known_customers.product_id
            and splits.protocol = known_customers.protocol
            and splits.split = known_customers.split
    left join anonymous_visits
        on
            products.product_id = anonymous_visits.product_id
            and splits.protocol = anonymous_visits.protocol
            and splits.split = anonymous_visits.split

),

-- What is typical of the category, else of the shop: the priors that products with few observations are pulled towards.
with_priors as (

    select
        *,
        coalesce(
            {{ safe_divide(
                'sum(cast(rating_total as decimal(28, 9))) over of_category',
                'sum(rating_count_seen) over of_category'
            ) }},
            {{ safe_divide(
                'sum(cast(rating_total as decimal(28, 9))) over of_shop',
                'sum(rating_count_seen) over of_shop'
            ) }}
        ) as prior_rating,
        {{ safe_divide('sum(buying_viewers) over of_shop', 'sum(viewers) over of_shop') }} as prior_conversion,
        {{ safe_divide('sum(repeat_buyers) over of_shop', 'sum(buyers) over of_shop') }} as prior_repurchase_rate
    from measured
    window
        of_category as (partition by protocol, split, category_id),
        of_shop as (partition by protocol, split)

),

final as (

    select
        -------- ids
        with_priors.protocol,
        with_priors.split,
        with_priors.product_id,

        -------- texts
        price_bands.price_band,

        -------- numerics
        with_priors.purchases,
        with_priors.recent_purchases,
        with_priors.buyers,
        with_priors.viewers,
        with_priors.views,
        with_priors.saves,
        with_priors.carts,
        round({{ shrunken_mean(
            safe_divide('with_priors.buying_viewers', 'with_priors.viewers'),
            'with_priors.viewers',
            'with_priors.prior_conversion',
            var('conversion_prior_weight')
        ) }}, 6) as conversion,
        with_priors.rating_count_seen,
        with_priors.average_rating_seen,
        round({{ shrunken_mean(
            'with_priors.average_rating_seen',
            'with_priors.rating_count_seen',
            'with_priors.prior_rating',
            var('rating_prior_weight')
        ) }}, 6) as shrunken_rating,
        intervals.repurchase_interval_days,
        round({{ shrunken_mean(
            safe_divide('with_priors.repeat_buyers', 'with_priors.buyers'),
            'with_priors.buyers',
            'with_priors.prior_repurchase_rate',
            var('repurchase_rate_prior_weight')
        ) }}, 6) as repurchase_rate,
        price_bands.price_quantile,
        {{ days_elapsed(
            'coalesce(with_priors.launched_on, with_priors.first_purchased_on)',
            'with_priors.reference_on'
        ) }} as age_days,
        row_number() over (
            partition by with_priors.protocol, with_priors.split
            order by
                with_priors.purchases desc,
                with_priors.recent_purchases desc nulls last,
                {{ hash_fraction('with_priors.product_id', 'popularity') }},
                with_priors.product_id
        ) as popularity_rank,
        row_number() over (
            partition by with_priors.protocol, with_priors.split
            order by
                with_priors.recent_purchases desc nulls last,
                with_priors.purchases desc,
                {{ hash_fraction('with_priors.product_id', 'popularity') }},
                with_priors.product_id
        ) as recent_popularity_rank,

        -------- booleans
        with_priors.cutoff_rule <> 'shop_clock'
        or coalesce(with_priors.launched_on < cast(with_priors.cutoff_at as date), false)
        or with_priors.purchases > 0
        or with_priors.views > 0 as is_known_at_cutoff,

        -------- timestamps
        with_priors.first_purchased_on,
        with_priors.last_purchased_on
    from with_priors
    inner join intervals
        on
            with_priors.product_id = intervals.product_id
            and with_priors.protocol = intervals.protocol
            and with_priors.split = intervals.split
    inner join price_bands on with_priors.product_id = price_bands.product_id

)

select * from final
