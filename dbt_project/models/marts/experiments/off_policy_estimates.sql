with statistics as (

    select * from {{ ref('off_policy_statistics') }}

),

final as (

    select
        cast(experiment_id as varchar) as experiment_id,
        cast(logging_arm as varchar) as logging_arm,
        cast(policy as varchar) as policy,
        cast(estimator as varchar) as estimator,
        cast(metric as varchar) as metric,
        cast(slots as bigint) as slots,
        cast(customers as bigint) as customers,
        cast(value as double) as value,
        cast(standard_error as double) as standard_error,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(effective_sample_size as double) as effective_sample_size,
        cast(mean_weight as double) as mean_weight,
        cast(largest_weight as double) as largest_weight,
        cast(is_learned_from_log as boolean) as is_learned_from_log,
        cast(is_simulated as boolean) as is_simulated
    from statistics

)

select * from final
