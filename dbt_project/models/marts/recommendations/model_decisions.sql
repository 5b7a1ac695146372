with ml_model_decisions as (

    select * from {{ ref('ml_model_decisions') }}

),

final as (

    select
        cast(decision_number as bigint) as decision_number,
        cast(decided_at as timestamp) as decided_at,
        cast(action as varchar) as action,
        cast(model_run_id as varchar) as model_run_id,
        cast(decided_by as varchar) as decided_by,
        cast(reason as varchar) as reason
    from ml_model_decisions

)

select * from final
order by decision_number
