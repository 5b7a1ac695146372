-- What known customers bought on which day, each product once: orders and tills, and the app's own purchase events,
-- which may come without an order.
select
    customer_id,
    product_id,
    cast(ordered_at as date) as bought_on
from {{ ref('fct_transactions') }}
where
    is_purchase
    and customer_id is not null
    and time_precision <> 'surrogate'
union distinct
select
    customer_id,
    product_id,
    cast(occurred_at as date) as bought_on
from {{ ref('fct_interactions') }}
where
    event_type = 'purchase'
    and customer_id is not null
    and product_id is not null
    and time_precision <> 'surrogate'
