-- What a customer and a product have had to do with each other. The event tables are read here once; most of what is
-- known of customers and of products is then summed up from this table.
with purchases as (

    select * from {{ ref('ftr_visible_purchases') }}

),

interactions as (

    select * from {{ ref('ftr_visible_interactions') }}

),

gaps as (

    select * from {{ ref('ftr_visible_repurchase_gaps') }}

),

product_intervals as (

    select * from {{ ref('ftr_product_repurchase_intervals') }}

),

-- Purchases and events side by side, so that one aggregation sees both: joining two tables of this size costs more.
signals as (

    select
        protocol,
        split,
        customer_id,
        product_id,
        cutoff_at,
        'purchase' as signal,
        quantity,
        line_amount_eur,
        purchases_ago,
        line_sequence,
        case when time_precision <> 'surrogate' then ordered_at end as bought_at,
        cast(null as timestamp) as occurred_at,
        cast(null as boolean) as is_before_cutoff_day
    from purchases
    union all
    -- An impression is what the shop did, not the customer; an opt-out is about an ingredient, wherever it was said.
    select
        protocol,
        split,
        customer_id,
        product_id,
        cutoff_at,
        event_type as signal,
        cast(null as bigint) as quantity,
        cast(null as double) as line_amount_eur,
        cast(null as bigint) as purchases_ago,
        cast(null as bigint) as line_sequence,
        cast(null as timestamp) as bought_at,
        occurred_at,
        cast(occurred_at as date) < cast(cutoff_at as date) as is_before_cutoff_day
    from interactions
    where
        product_id is not null
        and event_type not in ('impression', 'exclude_ingredient', 'allow_ingredient')

),

pairs as (

    select
        protocol,
        split,
        customer_id,
        product_id,
        max(cutoff_at) as cutoff_at,
        count(line_sequence) as times_bought,
        cast(coalesce(sum(quantity), 0) as bigint) as quantity_bought,
        {{ exact_sum('line_amount_eur') }} as spend_eur,
        coalesce({{ exact_sum('power(' ~ var('recency_decay') ~ ', purchases_ago)') }}, 0) as recency_weight,
        min(purchases_ago) as last_bought_purchases_ago,
        max(line_sequence) as last_bought_line_sequence,
        max_by(quantity, line_sequence) as last_bought_quantity,
        max(bought_at) as last_bought_at,
        -- The visit in which something is bought is full of its views and carts. What happened on the cutoff's day may
        -- belong to that visit, which nobody knows of when recommendations are made, and is not counted.
        {%- for signal, column in [
            ('view', 'views'),
            ('click', 'clicks'),
            ('save', 'saves'),
            ('unsave', 'unsaves'),
            ('like', 'likes'),
            ('add_to_cart', 'carts'),
            ('review', 'reviews'),
        ] %}
        count(case when signal = '{{ signal }}' and is_before_cutoff_day then 1 end) as {{ column }},
        {%- endfor %}
        max(occurred_at) as latest_event_at
    from signals
    group by
        protocol,
        split,
        customer_id,
        product_id

),

-- A customer who rates twice has changed their mind.
ratings as (

    select
        protocol,
        split,
        customer_id,
        product_id,
        rating,
        row_number() over (
            partition by protocol, split, customer_id, product_id
            order by occurred_at desc, event_id desc
        ) as place
    from interactions
    where
        product_id is not null
        and rating is not null

),

latest_ratings as (

    select
        protocol,
        split,
        customer_id,
        product_id,
        rating
    from ratings
    where place = 1

),

own_intervals as (

    select
        protocol,
        split,
        customer_id,
        product_id,
        count(*) as repurchases,
        median(days_per_unit) as interval_days
    from gaps
    group by
        protocol,
        split,
        customer_id,
        product_id

),

-- A surrogate time is no time: nothing can be due then.
timed as (

    select
        pairs.*,
        latest_ratings.rating,
        case
            when pairs.last_bought_at is not null
                then {{ shrunken_mean(
                    'own_intervals.interval_days',
                    'own_intervals.repurchases',
                    'product_intervals.repurchase_interval_days',
                    var('repurchase_own_prior_weight')
                ) }}
        end as repurchase_interval_days
    from pairs
    left join latest_ratings
        on
            pairs.customer_id = latest_ratings.customer_id
            and pairs.product_id = latest_ratings.product_id
            and pairs.protocol = latest_ratings.protocol
            and pairs.split = latest_ratings.split
    left join own_intervals
        on
            pairs.customer_id = own_intervals.customer_id
            and pairs.product_id = own_intervals.product_id
            and pairs.protocol = own_intervals.protocol
            and pairs.split = own_intervals.split
    left join product_intervals
        on
            pairs.product_id = product_intervals.product_id
            and pairs.protocol = product_intervals.protocol
            and pairs.split = product_intervals.split

),

due as (

    select
        *,
        {{ dbt.dateadd(
            'day',
            'cast(round(repurchase_interval_days * last_bought_quantity) as integer)',
            'last_bought_at'
        ) }} as due_at
    from timed

),

final as (

    select
        -------- ids
        protocol,
        split,
        customer_id,
        product_id,

        -------- numerics
        times_bought,
        quantity_bought,
        spend_eur,
        recency_weight,
        last_bought_purchases_ago,
        last_bought_line_sequence,
        repurchase_interval_days,
        rating,
        views,
        clicks,
        saves,
        unsaves,
        likes,
        carts,
        reviews,

        -------- booleans
        coalesce(
            {{ days_between('due_at', 'cutoff_at') }}
            between -{{ var('repurchase_due_days_before') }} and {{ var('repurchase_due_days_after') }},
            false
        ) as is_due,
        saves > unsaves as is_saved,

        -------- timestamps
        last_bought_at,
        due_at,
        latest_event_at
    from due

)

select * from final
