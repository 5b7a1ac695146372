-- Whether a new run is wanted: `glowhouse retrain --if-needed` trains where a trigger is due.
with triggers as (

    select * from {{ ref('retrain_triggers') }}

)

select
    trigger_id,
    is_due,
    says,
    value,
    threshold
from triggers
order by
    is_due desc,
    trigger_id asc
