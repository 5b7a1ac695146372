-- What was decided about each run of the model, when, by whom, and why.
with decisions as (

    select * from {{ ref('model_decisions') }}

)

select
    decision_number,
    decided_at,
    action,
    model_run_id,
    decided_by,
    reason
from decisions
order by decision_number desc
