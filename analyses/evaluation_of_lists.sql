-- What the lists are like beside being right: how much of the catalogue they show, how evenly, how new and how varied.
with evaluation as (

    select * from {{ ref('model_evaluation') }}
    where
        protocol = 'published'
        and split = 'test'
        and slice = 'all'
        and metric in ('coverage@10', 'gini@10', 'novelty@10', 'diversity@10', 'exclusion_violations@10')
        and model in (
            'hybrid', 'recommended', 'most_popular', 'most_popular_in_bucket', 'item_knn', 'ease', 'als', 'content'
        )

),

runs as (

    select model_run_id from {{ ref('model_runs') }}
    where is_current

)

select
    evaluation.metric,
    evaluation.model,
    evaluation.value,
    evaluation.ci_low,
    evaluation.ci_high,
    evaluation.users
from evaluation
inner join runs on evaluation.model_run_id = runs.model_run_id
order by
    evaluation.metric asc,
    evaluation.model asc
