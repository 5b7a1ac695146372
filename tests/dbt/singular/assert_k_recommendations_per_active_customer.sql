-- Everybody gets exactly k: filters may remove what they like, the shop window is never half empty.
with customers as (

    select customer_id from {{ ref('dim_users') }}
    where is_active

),

counted as (

    select
        customer_id,
        count(*) as products
    from {{ ref('recommendations') }}
    group by customer_id

)

select
    coalesce(customers.customer_id, counted.customer_id) as customer_id,
    coalesce(counted.products, 0) as products
from customers
full outer join counted on customers.customer_id = counted.customer_id
where
    customers.customer_id is null
    or coalesce(counted.products, 0) <> {{ var('recommendations_per_customer') }}
