-- Every customer stands once in every split, whether they ever bought or not.
with customers as (

    select customer_id from {{ ref('dim_users') }}

),

splits as (

    select
        protocol,
        split
    from {{ ref('ftr_evaluation_splits') }}

),

spine as (

    select
        protocol,
        split,
        customer_id,
        count(*) as number_of_rows
    from {{ ref('ftr_spine') }}
    group by
        protocol,
        split,
        customer_id

)

select
    splits.protocol,
    splits.split,
    customers.customer_id,
    spine.number_of_rows
from customers
cross join splits
full outer join spine
    on
        customers.customer_id = spine.customer_id
        and splits.protocol = spine.protocol
        and splits.split = spine.split
where
    customers.customer_id is null
    or coalesce(spine.number_of_rows, 0) <> 1
