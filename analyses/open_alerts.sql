-- What is wrong with the deployed model, since when, how bad it is, and what to do.
with alerts as (

    select * from {{ ref('monitoring_alerts') }}
    where status = 'open'

)

select
    severity,
    metric,
    subject,
    since,
    value,
    threshold,
    coalesce(detail, what) as says,
    what_to_do,
    is_simulated
from alerts
order by
    severity asc,
    metric asc,
    value desc,
    subject asc
