-- For whom is the model good, and for which products? Beside the strongest simple rival and the bestsellers.
with evaluation as (

    select
        *,
        case
            when slice like 'history%' then 'length of history'
            when slice like 'skin_type%' then 'skin type'
            when slice like 'target%' then 'how well the product sells'
            when slice = 'all' then 'everybody'
        end as slice_kind
    from {{ ref('model_evaluation') }}
    where
        protocol = 'published'
        and split = 'test'
        and metric = 'ndcg@10'
        and model in ('hybrid', 'item_knn', 'most_popular')
        and value is not null

),

runs as (

    select model_run_id from {{ ref('model_runs') }}
    where is_current

)

select
    evaluation.slice_kind,
    evaluation.slice,
    evaluation.model,
    evaluation.metric,
    evaluation.value,
    evaluation.ci_low,
    evaluation.ci_high,
    evaluation.users
from evaluation
inner join runs on evaluation.model_run_id = runs.model_run_id
where evaluation.slice_kind is not null
order by
    evaluation.slice_kind asc,
    evaluation.slice asc,
    evaluation.model asc
