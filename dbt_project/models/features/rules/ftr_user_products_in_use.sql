-- What a customer uses now: bought so recently, measured by how long it usually lasts, that some of it should be left.
-- Where nothing is known of how long (no real times, or nobody ever bought the product twice) the last transactions.
with spine as (

    select * from {{ ref('ftr_spine') }}

),

user_products as (

    select * from {{ ref('ftr_user_products') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

bought as (

    select
        user_products.protocol,
        user_products.split,
        user_products.customer_id,
        user_products.product_id,
        products.routine_step,
        user_products.last_bought_purchases_ago,
        user_products.last_bought_at,
        user_products.due_at,
        spine.cutoff_at
    from user_products
    inner join spine
        on
            user_products.customer_id = spine.customer_id
            and user_products.protocol = spine.protocol
            and user_products.split = spine.split
    inner join products on user_products.product_id = products.product_id
    where user_products.times_bought > 0

),

final as (

    select
        -------- ids
        protocol,
        split,
        customer_id,
        product_id,

        -------- texts
        routine_step,
        case when due_at is null then 'last_transactions' else 'not_used_up' end as evidence_kind,

        -------- timestamps
        last_bought_at,
        due_at
    from bought
    where
        case
            when due_at is null
                then last_bought_purchases_ago < {{ var('in_use_transactions') }}
            else {{ days_between('due_at', 'cutoff_at') }} <= {{ var('in_use_days_after_due') }}
        end

)

select * from final
