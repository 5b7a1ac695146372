-- The challenger against the champion at the latest decision of the gate, by guarded slice: difference at the same
-- customers and the least that was allowed for the lower end of its interval.
with checks as (

    select * from {{ ref('model_gate_checks') }}

),

latest as (

    select max(decided_at) as decided_at
    from checks

),

-- What passes although its interval reaches too low has too few customers to be judged.
judged as (

    select
        checks.*,
        case
            when not checks.is_passed then 'failed'
            when checks.ci_low > -checks.margin then 'passed'
            else 'not judged'
        end as verdict
    from checks
    inner join latest on checks.decided_at = latest.decided_at
    where checks.check_id = 'not_worse'

)

select
    metric,
    concat(slice, case verdict when 'failed' then ': fails' when 'not judged' then ': few' else '' end) as line,
    customers,
    compared_value as champion,
    value as challenger,
    difference,
    ci_low,
    ci_high,
    -margin as least_allowed,
    verdict
from judged
order by
    metric asc,
    slice asc
