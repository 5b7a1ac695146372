-- In global_time there is one cutoff a split, validation's lies before test's, and no real time from it on is visible
-- in anything: purchases, events, and what is known of products.
with spine as (

    select * from {{ ref('ftr_spine') }}
    where protocol = 'global_time'

),

cutoffs as (

    select
        split,
        min(cutoff_at) as cutoff_at,
        max(cutoff_at) as latest_cutoff_at
    from spine
    group by split

),

lines as (

    select * from {{ ref('fct_transactions') }}

),

purchases as (

    select * from {{ ref('ftr_visible_purchases') }}
    where protocol = 'global_time'

),

interactions as (

    select * from {{ ref('ftr_visible_interactions') }}
    where protocol = 'global_time'

),

products as (

    select * from {{ ref('ftr_products') }}
    where protocol = 'global_time'

),

-- Anonymous sales count too: they have no customer, but a time.
sold_before as (

    select
        cutoffs.split,
        lines.product_id,
        count(distinct lines.transaction_id) as transactions,
        count(*) as number_of_lines
    from lines
    inner join cutoffs on lines.ordered_at < cutoffs.cutoff_at
    where lines.is_purchase
    group by
        cutoffs.split,
        lines.product_id

),

findings as (

    select
        split,
        'the split has more than one cutoff' as finding
    from cutoffs
    where cutoff_at <> latest_cutoff_at
    union all
    select
        validation.split,
        'validation cuts after test' as finding
    from cutoffs as validation
    inner join cutoffs as test
        on
            validation.split = 'validation'
            and test.split = 'test'
            and validation.cutoff_at > test.cutoff_at
    union all
    select
        purchases.split,
        'a purchase from the cutoff on is visible' as finding
    from purchases
    inner join lines on purchases.transaction_id = lines.transaction_id
    inner join cutoffs on purchases.split = cutoffs.split
    where lines.ordered_at >= cutoffs.cutoff_at
    union all
    select
        interactions.split,
        'an event from the cutoff on is visible' as finding
    from interactions
    inner join {{ ref('fct_interactions') }} as facts on interactions.event_id = facts.event_id
    inner join cutoffs on interactions.split = cutoffs.split
    where facts.occurred_at >= cutoffs.cutoff_at
    union all
    select
        products.split,
        'a product counts purchases from the cutoff on' as finding
    from products
    inner join cutoffs on products.split = cutoffs.split
    left join sold_before
        on
            products.split = sold_before.split
            and products.product_id = sold_before.product_id
    where
        products.purchases > coalesce(sold_before.number_of_lines, 0)
        or products.purchases < coalesce(sold_before.transactions, 0)
        or products.last_purchased_on >= cast(cutoffs.cutoff_at as date)

)

select * from findings
