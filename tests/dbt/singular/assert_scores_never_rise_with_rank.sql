with neighbours as (

    select
        customer_id,
        rank,
        score,
        lag(score) over (
            partition by customer_id
            order by rank
        ) as score_before
    from {{ ref('recommendations') }}

)

select
    customer_id,
    rank
from neighbours
where score > score_before
