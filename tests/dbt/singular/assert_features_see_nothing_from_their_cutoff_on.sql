-- No feature saw a purchase at or after its cutoff. From the facts alone: the target transaction's own place in time
-- says what came before it, and what the feature rows report must be exactly that, no more and no less. In
-- ties_shuffled the order inside a day is drawn, so there the day is the limit: everything of earlier days, nothing of
-- later ones, and the target itself never.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

lines as (

    select * from {{ ref('fct_transactions') }}

),

transactions as (

    select
        customer_id,
        transaction_id,
        source_system,
        min(ordered_at) as ordered_at,
        min(source_row_number) as first_row_number,
        count(distinct product_id) as products
    from lines
    where
        is_purchase
        and customer_id is not null
    group by
        customer_id,
        transaction_id,
        source_system

),

splits as (

    select * from {{ ref('ftr_evaluation_splits') }}

),

-- Whether each transaction came before what the customer's row withholds, told by times and rows of the extract only.
judged as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        splits.cutoff_rule,
        transactions.products,
        target.transaction_id is not null as has_target,
        transactions.transaction_id = target.transaction_id as is_target,
        case
            when splits.cutoff_rule = 'shop_clock' then transactions.ordered_at < splits.cutoff_at
            when target.transaction_id is null then true
            when spine.protocol = 'ties_shuffled'
                then cast(transactions.ordered_at as date) < cast(target.ordered_at as date)
            when transactions.ordered_at <> target.ordered_at then transactions.ordered_at < target.ordered_at
            when transactions.source_system <> target.source_system
                then transactions.source_system < target.source_system
            else transactions.first_row_number < target.first_row_number
        end as came_before,
        coalesce(
            spine.protocol = 'ties_shuffled'
            and cast(transactions.ordered_at as date) = cast(target.ordered_at as date)
            and transactions.transaction_id <> target.transaction_id,
            false
        ) as may_be_before
    from spine
    inner join splits
        on
            spine.protocol = splits.protocol
            and spine.split = splits.split
    inner join transactions on spine.customer_id = transactions.customer_id
    left join transactions as target
        on
            spine.customer_id = target.customer_id
            and spine.target_transaction_id = target.transaction_id

),

expected as (

    select
        protocol,
        split,
        customer_id,
        sum(case when came_before then 1 else 0 end) as fewest_transactions,
        sum(case when came_before or may_be_before then 1 else 0 end) as most_transactions,
        sum(case when came_before then products else 0 end) as fewest_purchases,
        sum(case when came_before or may_be_before then products else 0 end) as most_purchases
    from judged
    group by
        protocol,
        split,
        customer_id

),

users as (

    select
        protocol,
        split,
        customer_id,
        transactions,
        purchases
    from {{ ref('ftr_users') }}

),

visible as (

    select
        protocol,
        split,
        customer_id,
        count(distinct transaction_id) as transactions,
        count(*) as purchases
    from {{ ref('ftr_visible_purchases') }}
    group by
        protocol,
        split,
        customer_id

),

user_products as (

    select
        protocol,
        split,
        customer_id,
        sum(times_bought) as purchases
    from {{ ref('ftr_user_products') }}
    group by
        protocol,
        split,
        customer_id

),

-- Which transactions are visible, not only how many.
visible_transactions as (

    select distinct
        protocol,
        split,
        customer_id,
        transaction_id
    from {{ ref('ftr_visible_purchases') }}

),

leaked as (

    select
        visible_transactions.protocol,
        visible_transactions.split,
        visible_transactions.customer_id,
        'a visible transaction is the target or later' as finding
    from visible_transactions
    inner join spine
        on
            visible_transactions.protocol = spine.protocol
            and visible_transactions.split = spine.split
            and visible_transactions.customer_id = spine.customer_id
    inner join transactions as target
        on
            spine.customer_id = target.customer_id
            and spine.target_transaction_id = target.transaction_id
    inner join transactions
        on
            visible_transactions.customer_id = transactions.customer_id
            and visible_transactions.transaction_id = transactions.transaction_id
    where
        transactions.transaction_id = target.transaction_id
        or cast(transactions.ordered_at as date) > cast(target.ordered_at as date)
        or (spine.protocol <> 'ties_shuffled' and transactions.ordered_at > target.ordered_at)

),

miscounted as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        'a feature row counts other purchases than those before its cutoff' as finding
    from spine
    left join expected
        on
            spine.protocol = expected.protocol
            and spine.split = expected.split
            and spine.customer_id = expected.customer_id
    left join users
        on
            spine.protocol = users.protocol
            and spine.split = users.split
            and spine.customer_id = users.customer_id
    left join visible
        on
            spine.protocol = visible.protocol
            and spine.split = visible.split
            and spine.customer_id = visible.customer_id
    left join user_products
        on
            spine.protocol = user_products.protocol
            and spine.split = user_products.split
            and spine.customer_id = user_products.customer_id
    where
        coalesce(users.transactions, -1)
        not between coalesce(expected.fewest_transactions, 0) and coalesce(expected.most_transactions, 0)
        or coalesce(users.purchases, -1)
        not between coalesce(expected.fewest_purchases, 0) and coalesce(expected.most_purchases, 0)
        or coalesce(visible.transactions, 0) <> users.transactions
        or coalesce(visible.purchases, 0) <> users.purchases
        or coalesce(user_products.purchases, 0) <> users.purchases

)

select * from leaked
union all
select * from miscounted
