-- Every run of the model, what it learned from, and its state: what is left when all decisions are read in order.
select
    model_run_id,
    state,
    state_since,
    trained_at,
    data_as_of,
    customers,
    products,
    purchases,
    train_seconds
from {{ ref('model_runs') }}
order by
    trained_at desc,
    model_run_id asc
