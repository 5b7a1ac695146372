with statistics as (

    select * from {{ ref('experiment_daily_statistics') }}

),

final as (

    select
        cast(experiment_id as varchar) as experiment_id,
        cast(arm as varchar) as arm,
        cast(control_arm as varchar) as control_arm,
        cast(metric as varchar) as metric,
        cast(role as varchar) as role,
        cast(readout_date as date) as readout_date,
        cast(customers as bigint) as customers,
        cast(control_customers as bigint) as control_customers,
        cast(value as double) as value,
        cast(control_value as double) as control_value,
        cast(effect as double) as effect,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(sequential_ci_low as double) as sequential_ci_low,
        cast(sequential_ci_high as double) as sequential_ci_high,
        cast(sequential_p_value as double) as sequential_p_value,
        cast(cuped_effect as double) as cuped_effect,
        cast(cuped_ci_low as double) as cuped_ci_low,
        cast(cuped_ci_high as double) as cuped_ci_high,
        cast(is_simulated as boolean) as is_simulated
    from statistics

)

select * from final
