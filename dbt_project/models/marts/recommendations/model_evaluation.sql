with evaluation as (

    select * from {{ ref('ml_model_evaluation') }}

),

final as (

    select
        cast(model_run_id as varchar) as model_run_id,
        cast(protocol as varchar) as protocol,
        cast(split as varchar) as split,
        cast(model as varchar) as model,
        cast(metric as varchar) as metric,
        cast(slice as varchar) as slice,
        cast(value as double) as value,
        cast(ci_low as double) as ci_low,
        cast(ci_high as double) as ci_high,
        cast(users as bigint) as users
    from evaluation

)

select * from final
