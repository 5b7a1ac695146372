-- What was released, from which data and by which run.
with released as (

    select * from {{ ref('releases') }}

),

runs as (

    select * from {{ ref('model_runs') }}

),

shown as (

    select
        model_run_id,
        count(distinct product_id) as products_recommended
    from {{ ref('recommendations') }}
    group by model_run_id

)

select
    released.release_id,
    released.generated_at as data_as_of,
    released.published_at,
    released.customers,
    released.recommendations,
    shown.products_recommended,
    runs.products as products_learned_from,
    runs.purchases as purchases_learned_from,
    released.rejected_rows,
    runs.model_run_id,
    runs.data_as_of as trained_on_data_as_of,
    runs.seed,
    runs.artifact_sha256
from released
inner join runs on released.model_run_id = runs.model_run_id
left join shown on released.model_run_id = shown.model_run_id
order by released.published_at desc
limit 1
