-- Who is looked at, and as of when: one row per customer and (protocol, split). Every feature hangs on this table.
with customers as (

    select * from {{ ref('dim_users') }}

),

splits as (

    select * from {{ ref('ftr_evaluation_splits') }}

),

transactions as (

    select * from {{ ref('ftr_transactions_ordered') }}

),

sequences as (

    select
        'recorded' as transaction_order,
        customer_id,
        transaction_id,
        transaction_sequence,
        ordered_at as cutoff_at
    from transactions
    union all
    -- The order inside the day is not known here, so everything else of that day is at the cutoff or after it.
    select
        'ties_shuffled' as transaction_order,
        customer_id,
        transaction_id,
        shuffled_transaction_sequence as transaction_sequence,
        case when has_real_time then cast(ordered_on as timestamp) else ordered_at end as cutoff_at
    from transactions

),

totals as (

    select
        customer_id,
        count(*) as transactions
    from transactions
    group by customer_id

),

first_after_clock as (

    select
        splits.protocol,
        splits.split,
        transactions.customer_id,
        min(transactions.transaction_sequence) as transaction_sequence
    from transactions
    inner join splits
        on
            splits.cutoff_rule = 'shop_clock'
            and transactions.has_real_time
            and transactions.ordered_at >= splits.cutoff_at
    group by
        splits.protocol,
        splits.split,
        transactions.customer_id

),

cutoffs as (

    select
        splits.protocol,
        splits.split,
        splits.cutoff_rule,
        splits.transaction_order,
        splits.cutoff_at,
        customers.customer_id,
        coalesce(totals.transactions, 0) as transactions,
        case
            when splits.cutoff_rule = 'shop_clock' then first_after_clock.transaction_sequence
            when
                splits.cutoff_rule = 'own_transaction'
                and totals.transactions >= {{ var('fewest_transactions_with_target') }}
                then totals.transactions - splits.withheld_transactions + 1
        end as cutoff_sequence
    from customers
    cross join splits
    left join totals on customers.customer_id = totals.customer_id
    left join first_after_clock
        on
            customers.customer_id = first_after_clock.customer_id
            and splits.protocol = first_after_clock.protocol
            and splits.split = first_after_clock.split

),

final as (

    select
        -------- ids
        cutoffs.protocol,
        cutoffs.split,
        cutoffs.customer_id,
        -- Without an earlier transaction there is nothing to predict from.
        case when cutoffs.cutoff_sequence > 1 then sequences.transaction_id end as target_transaction_id,

        -------- texts
        cutoffs.transaction_order,

        -------- numerics
        cutoffs.cutoff_sequence,
        coalesce(cutoffs.cutoff_sequence - 1, cutoffs.transactions) as visible_transactions,

        -------- timestamps
        case
            when cutoffs.cutoff_rule = 'own_transaction' then coalesce(sequences.cutoff_at, cutoffs.cutoff_at)
            else cutoffs.cutoff_at
        end as cutoff_at
    from cutoffs
    left join sequences
        on
            cutoffs.customer_id = sequences.customer_id
            and cutoffs.transaction_order = sequences.transaction_order
            and cutoffs.cutoff_sequence = sequences.transaction_sequence

)

select * from final
