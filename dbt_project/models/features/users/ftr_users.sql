-- A customer as of the cutoff: how often, how much, what, where, and who.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

customers as (

    select * from {{ ref('dim_users') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

transactions as (

    select * from {{ ref('ftr_transactions_ordered') }}

),

user_products as (

    select * from {{ ref('ftr_user_products') }}

),

interactions as (

    select * from {{ ref('ftr_visible_interactions') }}

),

product_prices as (

    select * from {{ ref('ftr_product_price_bands') }}

),

price_bands as (

    select * from {{ ref('ref_price_bands') }}

),

user_concerns as (

    select * from {{ ref('ftr_user_concerns') }}

),

visible_transactions as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        spine.cutoff_sequence,
        transactions.channel,
        transactions.amount_eur,
        transactions.has_real_time,
        transactions.ordered_at,
        case spine.transaction_order
            when 'ties_shuffled' then transactions.shuffled_transaction_sequence
            else transactions.transaction_sequence
        end as transaction_sequence,
        case spine.transaction_order
            when 'ties_shuffled' then transactions.shuffled_days_since_previous
            else transactions.days_since_previous
        end as days_since_previous
    from spine
    inner join transactions on spine.customer_id = transactions.customer_id

),

rhythm as (

    select
        protocol,
        split,
        customer_id,
        count(*) as transactions,
        max(transaction_sequence) as latest_purchase_sequence_seen,
        avg(days_since_previous) as average_days_between_transactions,
        median(days_since_previous) as median_days_between_transactions,
        round(stddev_samp(days_since_previous), 6) as stddev_days_between_transactions,
        max(case when has_real_time then ordered_at end) as last_transaction_at,
        min(case when has_real_time then ordered_at end) as first_transaction_at,
        {{ exact_sum('amount_eur') }} as spend_eur,
        {{ safe_divide("sum(case when channel = 'web' then 1 else 0 end)", 'count(*)') }} as web_share
    from visible_transactions
    where
        cutoff_sequence is null
        or transaction_sequence < cutoff_sequence
    group by
        protocol,
        split,
        customer_id

),

variety as (

    select
        user_products.protocol,
        user_products.split,
        user_products.customer_id,
        {{ most_bought('user_products.product_id') }} as most_bought_product_id,
        cast(sum(user_products.times_bought) as bigint) as purchases,
        cast(sum(case when user_products.times_bought > 0 then 1 else 0 end) as bigint) as distinct_products,
        {{ exact_sum(
            'case when user_products.times_bought > 0 then user_products.times_bought * ln(user_products.times_bought) end'
        ) }} as purchases_log_purchases,
        round({{ safe_divide(
            exact_sum('user_products.times_bought * product_prices.price_quantile'),
            'sum(case when product_prices.price_quantile is not null then user_products.times_bought end)'
        ) }}, 6) as price_quantile,
        {{ safe_divide(exact_sum('user_products.rating'), 'count(user_products.rating)') }} as average_rating_given,
        cast(sum(user_products.views) as bigint) as views,
        cast(sum(user_products.saves) as bigint) as saves,
        cast(sum(user_products.carts) as bigint) as carts,
        max(user_products.latest_event_at) as latest_product_event_at
    from user_products
    left join product_prices on user_products.product_id = product_prices.product_id
    group by
        user_products.protocol,
        user_products.split,
        user_products.customer_id

),

searched as (

    select
        protocol,
        split,
        customer_id,
        count(*) as searches,
        max(occurred_at) as latest_search_at
    from interactions
    where event_type = 'search'
    group by
        protocol,
        split,
        customer_id

),

bought_products as (

    select
        user_products.protocol,
        user_products.split,
        user_products.customer_id,
        products.brand,
        products.category_id,
        user_products.times_bought,
        user_products.last_bought_line_sequence
    from user_products
    inner join products on user_products.product_id = products.product_id
    where user_products.times_bought > 0

),
{% for thing in ['brand', 'category_id'] %}
by_{{ thing }} as (

    select
        protocol,
        split,
        customer_id,
        {{ thing }},
        cast(sum(times_bought) as bigint) as times_bought,
        max(last_bought_line_sequence) as last_bought_line_sequence
    from bought_products
    where {{ thing }} is not null
    group by
        protocol,
        split,
        customer_id,
        {{ thing }}

),
{% endfor %}
brands as (

    select
        protocol,
        split,
        customer_id,
        {{ most_bought('brand') }} as most_bought_brand
    from by_brand
    group by
        protocol,
        split,
        customer_id

),

categories as (

    select
        protocol,
        split,
        customer_id,
        {{ most_bought('category_id') }} as most_bought_category_id,
        cast(sum(times_bought) as bigint) as purchases,
        {{ exact_sum('times_bought * ln(times_bought)') }} as purchases_log_purchases
    from by_category_id
    group by
        protocol,
        split,
        customer_id

),

final as (

    select
        -------- ids
        spine.protocol,
        spine.split,
        spine.customer_id,
        variety.most_bought_product_id,
        categories.most_bought_category_id,
        top_concern.concern_id as top_shopped_concern_id,
        {{ bucket_id('customers.skin_type', 'customers.age_band', 'customers.region') }} as bucket_id,

        -------- texts
        brands.most_bought_brand,
        coalesce(price_bands.price_band, 'unknown') as price_band,
        customers.age_band,
        customers.gender,
        customers.region,
        customers.skin_type,

        -------- numerics
        spine.cutoff_sequence,
        coalesce(rhythm.latest_purchase_sequence_seen, 0) as latest_purchase_sequence_seen,
        coalesce(rhythm.transactions, 0) as transactions,
        coalesce(variety.purchases, 0) as purchases,
        coalesce(variety.distinct_products, 0) as distinct_products,
        rhythm.average_days_between_transactions,
        rhythm.median_days_between_transactions,
        rhythm.stddev_days_between_transactions,
        {{ days_elapsed('rhythm.last_transaction_at', 'spine.cutoff_at') }} as days_since_last_transaction,
        rhythm.spend_eur,
        {{ safe_divide('rhythm.spend_eur', 'variety.purchases') }} as average_line_eur,
        variety.price_quantile,
        rhythm.web_share,
        {{ entropy('variety.purchases', 'variety.purchases_log_purchases') }} as product_diversity,
        {{ entropy('categories.purchases', 'categories.purchases_log_purchases') }} as category_diversity,
        1 - {{ safe_divide('variety.distinct_products', 'nullif(variety.purchases, 0)') }} as repeat_rate,
        variety.average_rating_given,
        coalesce(variety.views, 0) as views,
        coalesce(variety.saves, 0) as saves,
        coalesce(variety.carts, 0) as carts,
        coalesce(searched.searches, 0) as searches,
        {{ days_elapsed('customers.signed_up_at', 'spine.cutoff_at') }} as days_since_sign_up,

        -------- timestamps
        spine.cutoff_at,
        rhythm.first_transaction_at,
        rhythm.last_transaction_at,
        greatest(
            coalesce(variety.latest_product_event_at, searched.latest_search_at),
            coalesce(searched.latest_search_at, variety.latest_product_event_at)
        ) as latest_event_at_seen
    from spine
    inner join customers on spine.customer_id = customers.customer_id
    left join rhythm
        on
            spine.protocol = rhythm.protocol
            and spine.split = rhythm.split
            and spine.customer_id = rhythm.customer_id
    left join variety
        on
            spine.protocol = variety.protocol
            and spine.split = variety.split
            and spine.customer_id = variety.customer_id
    left join categories
        on
            spine.protocol = categories.protocol
            and spine.split = categories.split
            and spine.customer_id = categories.customer_id
    left join searched
        on
            spine.protocol = searched.protocol
            and spine.split = searched.split
            and spine.customer_id = searched.customer_id
    left join brands
        on
            spine.protocol = brands.protocol
            and spine.split = brands.split
            and spine.customer_id = brands.customer_id
    left join user_concerns as top_concern
        on
            spine.protocol = top_concern.protocol
            and spine.split = top_concern.split
            and spine.customer_id = top_concern.customer_id
            and top_concern.shopped_rank = 1
    left join price_bands on {{ is_in_price_band('variety.price_quantile', 'price_bands') }}

)

select * from final
