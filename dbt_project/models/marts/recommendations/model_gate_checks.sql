with ml_gate_checks as (

    select * from {{ ref('ml_gate_checks') }}

),

final as (

    select
        cast(model_run_id as varchar) as model_run_id,
        cast(compared_run_id as varchar) as compared_run_id,
        cast(decided_at as timestamp) as decided_at,
        cast(check_id as varchar) as check_id,
        cast(metric as varchar) as metric,
        cast(slice as varchar) as slice,
        cast(customers as bigint) as customers,
        cast(value as double) as value,
        cast(compared_value as double) as compared_value,
        cast(difference as double) as difference,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(margin as double) as margin,
        cast(is_passed as boolean) as is_passed,
        cast(says as varchar) as says
    from ml_gate_checks

)

select * from final
order by decided_at, check_id, metric, slice
