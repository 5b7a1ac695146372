-- What feature rows say of events is recounted from the facts, with cutoffs taken from the target's own time (the start
-- of its day, where the protocol draws the order inside it), the shop's cutoff, or the warehouse's clock.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

splits as (

    select * from {{ ref('ftr_evaluation_splits') }}

),

clock as (

    select * from {{ ref('int_as_of') }}

),

interactions as (

    select * from {{ ref('fct_interactions') }}

),

target_times as (

    select
        transaction_id,
        min(ordered_at) as ordered_at,
        min(time_precision) as time_precision
    from {{ ref('fct_transactions') }}
    group by transaction_id

),

cutoffs as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        case
            when splits.cutoff_rule = 'shop_clock' then splits.cutoff_at
            when target_times.ordered_at is null then clock.as_of
            when spine.protocol = 'ties_shuffled' and target_times.time_precision <> 'surrogate'
                then cast(cast(target_times.ordered_at as date) as timestamp)
            else target_times.ordered_at
        end as cutoff_at
    from spine
    cross join clock
    inner join splits
        on
            spine.protocol = splits.protocol
            and spine.split = splits.split
    left join target_times on spine.target_transaction_id = target_times.transaction_id

),

expected as (

    select
        cutoffs.protocol,
        cutoffs.split,
        cutoffs.customer_id,
        sum(case when interactions.event_type = 'search' then 1 else 0 end) as searches,
        -- Events with products are counted up to the day before the cutoff.
        count(
            case
                when
                    interactions.event_type = 'view'
                    and cast(interactions.occurred_at as date) < cast(cutoffs.cutoff_at as date)
                    then interactions.product_id
            end
        ) as views,
        count(
            case
                when
                    interactions.event_type = 'add_to_cart'
                    and cast(interactions.occurred_at as date) < cast(cutoffs.cutoff_at as date)
                    then interactions.product_id
            end
        ) as carts
    from cutoffs
    inner join interactions
        on
            cutoffs.customer_id = interactions.customer_id
            and cutoffs.cutoff_at > interactions.occurred_at
    where
        interactions.time_precision <> 'day'
        or cast(interactions.occurred_at as date) < cast(cutoffs.cutoff_at as date)
    group by
        cutoffs.protocol,
        cutoffs.split,
        cutoffs.customer_id

),

users as (

    select * from {{ ref('ftr_users') }}

),

exclusions as (

    select * from {{ ref('ftr_user_exclusions') }}

),

user_products as (

    select * from {{ ref('ftr_user_products') }}

),

miscounted as (

    select
        users.protocol,
        users.split,
        users.customer_id,
        'a customer row counts other events than those before its cutoff' as finding
    from users
    left join expected
        on
            users.protocol = expected.protocol
            and users.split = expected.split
            and users.customer_id = expected.customer_id
    where
        users.searches <> coalesce(expected.searches, 0)
        or users.views <> coalesce(expected.views, 0)
        or users.carts <> coalesce(expected.carts, 0)

),

too_late as (

    select
        users.protocol,
        users.split,
        users.customer_id,
        'a customer row saw an event at or after its cutoff' as finding
    from users
    inner join cutoffs
        on
            users.protocol = cutoffs.protocol
            and users.split = cutoffs.split
            and users.customer_id = cutoffs.customer_id
    where
        users.latest_event_at_seen >= cutoffs.cutoff_at
        or users.cutoff_at <> cutoffs.cutoff_at
    union all
    select
        exclusions.protocol,
        exclusions.split,
        exclusions.customer_id,
        'an exclusion was searched for or opted out of at or after the cutoff' as finding
    from exclusions
    inner join interactions on exclusions.evidence_id = interactions.event_id
    inner join cutoffs
        on
            exclusions.protocol = cutoffs.protocol
            and exclusions.split = cutoffs.split
            and exclusions.customer_id = cutoffs.customer_id
    where
        exclusions.evidence_source in ('search', 'opt_out')
        and interactions.occurred_at >= cutoffs.cutoff_at
    union all
    select
        user_products.protocol,
        user_products.split,
        user_products.customer_id,
        'a customer and product row saw an event at or after its cutoff' as finding
    from user_products
    inner join cutoffs
        on
            user_products.protocol = cutoffs.protocol
            and user_products.split = cutoffs.split
            and user_products.customer_id = cutoffs.customer_id
    where user_products.latest_event_at >= cutoffs.cutoff_at

)

select * from miscounted
union all
select * from too_late
