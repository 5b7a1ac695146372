-- Why the released products are recommended.
with recommendations as (

    select * from {{ ref('recommendations') }}

)

select
    reason_code,
    count(*) as recommendations,
    count(distinct customer_id) as customers,
    count(distinct product_id) as products,
    {{ safe_divide('count(*)', 'sum(count(*)) over ()') }} as share
from recommendations
group by reason_code
order by
    recommendations desc,
    reason_code asc
