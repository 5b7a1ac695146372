-- What was bought in the last weeks: the customers' answer to the question that the model is to foresee. Quantities and
-- channels are left out, since lists do not depend on them.
with transactions as (

    select *
    from {{ ref('fct_transactions') }}
    where
        is_purchase
        and time_precision <> 'surrogate'

),

products as (

    select * from {{ ref('dim_products') }}

),

concerns as (

    select
        product_id,
        concern_id,
        row_number() over (partition by product_id order by weight desc, concern_id asc) as place
    from {{ ref('ftr_product_concerns') }}

),

clock as (

    select as_of from {{ ref('int_as_of') }}

),

final as (

    select
        -------- ids
        coalesce(transactions.customer_id, transactions.transaction_id) as unit_id,

        -------- what
        products.routine_step,
        products.category_level_1,
        concerns.concern_id as main_concern,
        transactions.unit_price_eur
    from transactions
    inner join clock
        on
            transactions.ordered_at < clock.as_of
            and {{ days_between('transactions.ordered_at', 'clock.as_of') }} <= {{ var('monitored_days') }}
    inner join products on transactions.product_id = products.product_id
    left join concerns
        on
            transactions.product_id = concerns.product_id
            and concerns.place = 1

)

select * from final
