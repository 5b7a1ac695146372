with statistics as (

    select * from {{ ref('experiment_readout_statistics') }}

),

final as (

    select
        cast(experiment_id as varchar) as experiment_id,
        cast(arm as varchar) as arm,
        cast(control_arm as varchar) as control_arm,
        cast(metric as varchar) as metric,
        cast(role as varchar) as role,
        cast(slice_kind as varchar) as slice_kind,
        cast(slice as varchar) as slice,
        cast(customers as bigint) as customers,
        cast(control_customers as bigint) as control_customers,
        cast(excluded_customers as bigint) as excluded_customers,
        cast(value as double) as value,
        cast(control_value as double) as control_value,
        cast(effect as double) as effect,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(relative_effect as double) as relative_effect,
        cast(relative_ci_low as double) as relative_ci_low,
        cast(relative_ci_high as double) as relative_ci_high,
        cast(p_value as double) as p_value,
        cast(p_value_adjusted as double) as p_value_adjusted,
        cast(sequential_ci_low as double) as sequential_ci_low,
        cast(sequential_ci_high as double) as sequential_ci_high,
        cast(sequential_p_value as double) as sequential_p_value,
        cast(cuped_effect as double) as cuped_effect,
        cast(cuped_ci_low as double) as cuped_ci_low,
        cast(cuped_ci_high as double) as cuped_ci_high,
        cast(cuped_p_value as double) as cuped_p_value,
        cast(cuped_variance_reduction as double) as cuped_variance_reduction,
        cast(power as double) as power,
        cast(customers_needed as double) as customers_needed,
        cast(days_still_needed as double) as days_still_needed,
        cast(sample_ratio_p_value as double) as sample_ratio_p_value,
        cast(verdict as varchar) as verdict,
        cast(is_simulated as boolean) as is_simulated
    from statistics

)

select * from final
