-- How regularly do customers come back? One row a whole week between two transactions of one customer.
with transactions as (

    select distinct
        customer_id,
        transaction_id,
        ordered_at
    from {{ ref('fct_transactions') }}
    where is_purchase and customer_id is not null and time_precision <> 'surrogate'

),

ordered as (

    select
        customer_id,
        ordered_at,
        lag(ordered_at) over (partition by customer_id order by ordered_at, transaction_id) as ordered_before_at
    from transactions

),

gaps as (

    select
        customer_id,
        {{ days_between('ordered_before_at', 'ordered_at') }} as days
    from ordered
    where ordered_before_at is not null

)

select
    cast(floor(days / 7) as integer) as weeks,
    count(*) as gaps,
    count(distinct customer_id) as customers
from gaps
group by weeks
order by weeks
