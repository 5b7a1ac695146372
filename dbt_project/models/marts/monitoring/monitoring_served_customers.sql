-- Who of the active customers is recommended anything, and of whom the model knows no purchase.
with customers as (

    select customer_id
    from {{ ref('dim_users') }}
    where is_active

),

users as (

    select
        customer_id,
        purchases
    from {{ ref('ftr_users') }}
    where protocol = 'serving'

),

served as (

    select distinct customer_id
    from {{ ref('recommendations') }}

),

final as (

    select
        customers.customer_id,
        served.customer_id is not null as is_served,
        coalesce(users.purchases, 0) = 0 as is_cold_start
    from customers
    left join users on customers.customer_id = users.customer_id
    left join served on customers.customer_id = served.customer_id

)

select * from final
