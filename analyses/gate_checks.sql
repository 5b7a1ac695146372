-- What the gate looked at when it last decided, in sentences; what failed comes first.
with checks as (

    select * from {{ ref('model_gate_checks') }}

),

latest as (

    select max(decided_at) as decided_at
    from checks

)

select
    checks.is_passed,
    checks.check_id,
    checks.says,
    checks.decided_at,
    checks.model_run_id,
    checks.compared_run_id
from checks
inner join latest on checks.decided_at = latest.decided_at
order by
    checks.is_passed asc,
    checks.check_id asc,
    checks.metric asc,
    checks.slice asc
