-- How good the model is beside its baselines, in each way of evaluating. docs/evaluation.md explains the protocols.
with evaluation as (

    select * from {{ ref('model_evaluation') }}
    where
        split = 'test'
        and metric = 'ndcg@10'
        and slice = 'all'
        and model in (
            'hybrid', 'recommended', 'most_popular', 'most_popular_in_bucket', 'item_knn', 'ease', 'als', 'content'
        )

),

runs as (

    select model_run_id from {{ ref('model_runs') }}
    where is_current

)

select
    evaluation.protocol,
    evaluation.model,
    evaluation.metric,
    evaluation.value,
    evaluation.ci_low,
    evaluation.ci_high,
    evaluation.users
from evaluation
inner join runs on evaluation.model_run_id = runs.model_run_id
order by
    evaluation.protocol asc,
    evaluation.value desc,
    evaluation.model asc
