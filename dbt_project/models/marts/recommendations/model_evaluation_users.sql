with results as (

    select * from {{ ref('ml_model_evaluation_users') }}

),

final as (

    select
        cast(model_run_id as varchar) as model_run_id,
        cast(protocol as varchar) as protocol,
        cast(split as varchar) as split,
        cast(customer_id as varchar) as customer_id,
        cast(model as varchar) as model,
        cast(held_out as bigint) as held_out,
        cast(hit_10 as double) as hit_10,
        cast(ndcg_10 as double) as ndcg_10,
        cast(reciprocal_rank as double) as reciprocal_rank
    from results

)

select * from final
