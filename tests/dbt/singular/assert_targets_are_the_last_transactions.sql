-- The test target is the customer's last transaction and the validation target the one before it, told from the facts;
-- and before each target at least one transaction stays visible, also to the model that validation tunes.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

transactions as (

    select
        customer_id,
        transaction_id,
        source_system,
        min(ordered_at) as ordered_at,
        min(source_row_number) as first_row_number
    from {{ ref('fct_transactions') }}
    where
        is_purchase
        and customer_id is not null
    group by
        customer_id,
        transaction_id,
        source_system

),

totals as (

    select
        customer_id,
        count(*) as transactions
    from transactions
    group by customer_id

),

-- For every target that is one of the last two, how many transactions the customer made after it.
followers as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        sum(
            case
                when transactions.transaction_id = target.transaction_id then 0
                when transactions.ordered_at <> target.ordered_at
                    then case when transactions.ordered_at > target.ordered_at then 1 else 0 end
                when transactions.source_system <> target.source_system
                    then case when transactions.source_system > target.source_system then 1 else 0 end
                when transactions.first_row_number > target.first_row_number then 1
                else 0
            end
        ) as later_transactions,
        sum(
            case
                when cast(transactions.ordered_at as date) > cast(target.ordered_at as date) then 1 else 0
            end
        ) as transactions_of_later_days,
        count(*) as transactions
    from spine
    inner join transactions as target
        on
            spine.customer_id = target.customer_id
            and spine.target_transaction_id = target.transaction_id
    inner join transactions on spine.customer_id = transactions.customer_id
    where spine.protocol in ('published', 'refit', 'ties_shuffled')
    group by
        spine.protocol,
        spine.split,
        spine.customer_id

),

misplaced as (

    select
        protocol,
        split,
        customer_id,
        'the target is not at its place from the end' as finding
    from followers
    where
        (protocol <> 'ties_shuffled' and later_transactions <> case split when 'test' then 0 else 1 end)
        or transactions_of_later_days > case split when 'test' then 0 else 1 end
        or transactions < {{ var('fewest_transactions_with_target') }}

),

-- A customer with enough transactions has both targets.
missing as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        'a customer with enough transactions has no target' as finding
    from spine
    inner join totals on spine.customer_id = totals.customer_id
    where
        spine.protocol in ('published', 'refit', 'ties_shuffled')
        and totals.transactions >= {{ var('fewest_transactions_with_target') }}
        and spine.target_transaction_id is null

),

visible as (

    select
        protocol,
        split,
        customer_id,
        count(*) as purchases
    from {{ ref('ftr_visible_purchases') }}
    group by
        protocol,
        split,
        customer_id

),

-- What validation sees is what a published model is trained on; global_time trains on what each cutoff lets it see.
without_history as (

    select
        spine.protocol,
        spine.split,
        spine.customer_id,
        'no earlier transaction remains in training' as finding
    from spine
    left join visible
        on
            spine.protocol = visible.protocol
            and spine.customer_id = visible.customer_id
            and case when spine.protocol = 'global_time' then spine.split else 'validation' end = visible.split
    where
        spine.target_transaction_id is not null
        and visible.purchases is null

)

select * from misplaced
union all
select * from missing
union all
select * from without_history
