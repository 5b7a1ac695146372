-- Which rivals does the model beat beyond chance? Paired differences at the same customers, with Holm's correction.
with comparisons as (

    select * from {{ ref('model_comparisons') }}
    where
        split = 'test'
        and metric = 'ndcg@10'
        and model = 'hybrid'
        and compared_run_id = model_run_id
        and protocol in ('published', 'global_time')

)

select
    protocol,
    compared_model,
    metric,
    users,
    value,
    compared_value,
    difference,
    ci_low,
    ci_high,
    p_value_adjusted,
    is_significant
from comparisons
order by
    protocol asc,
    difference desc,
    compared_model asc
