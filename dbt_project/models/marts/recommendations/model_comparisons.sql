with comparisons as (

    select * from {{ ref('ml_model_comparisons') }}

),

final as (

    select
        cast(model_run_id as varchar) as model_run_id,
        cast(protocol as varchar) as protocol,
        cast(split as varchar) as split,
        cast(metric as varchar) as metric,
        cast(model as varchar) as model,
        cast(compared_run_id as varchar) as compared_run_id,
        cast(compared_model as varchar) as compared_model,
        cast(users as bigint) as users,
        cast(value as double) as value,
        cast(compared_value as double) as compared_value,
        cast(difference as double) as difference,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(p_value as double) as p_value,
        cast(p_value_adjusted as double) as p_value_adjusted,
        cast(is_significant as boolean) as is_significant
    from comparisons

)

select * from final
