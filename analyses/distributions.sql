-- How purchases, buyers and prices are distributed. Each bin is twice as wide as the one before, because all three have
-- long tails: most customers buy a few times, and a few products sell a lot.
with customers as (

    select purchases
    from {{ ref('ftr_users') }}
    where protocol = 'serving'

),

products as (

    select buyers
    from {{ ref('ftr_products') }}
    where protocol = 'serving'

),

prices as (

    select price_eur
    from {{ ref('dim_products') }}

),

measured as (

    select
        'purchases of a customer' as measure,
        cast(purchases as double) as amount
    from customers
    union all
    select
        'buyers of a product' as measure,
        cast(buyers as double) as amount
    from products
    union all
    select
        'price of a product (EUR)' as measure,
        price_eur as amount
    from prices
    where price_eur is not null

),

binned as (

    select
        measure,
        case when amount < 1 then 0 else power(2, floor(log2(amount))) end as bin_from
    from measured

)

select
    measure,
    bin_from,
    case when bin_from = 0 then 1 else 2 * bin_from end as bin_below,
    count(*) as members
from binned
group by
    measure,
    bin_from
order by
    measure asc,
    bin_from asc
