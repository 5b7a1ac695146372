-- Every run of the model, what it learned from, and its state: what is left when all decisions are read in order. The
-- decisions are asked, since the table of runs stands before the gate's.
with runs as (

    select * from {{ ref('model_runs') }}

),

-- An artefact that was restored, or from which a customer was erased, changes no state.
decisions as (

    select * from {{ ref('model_decisions') }}
    where action not in ('restored', 'erased')

),

promotions as (

    select max(decision_number) as decision_number
    from decisions
    where action = 'promoted'

),

last_words as (

    select
        model_run_id,
        max(decision_number) as decision_number
    from decisions
    group by model_run_id

),

states as (

    select
        decisions.model_run_id,
        case
            when decisions.action <> 'promoted' then decisions.action
            when promotions.decision_number is not null then 'champion'
            else 'retired'
        end as state,
        decisions.decided_at as state_since
    from last_words
    inner join decisions on last_words.decision_number = decisions.decision_number
    left join promotions on decisions.decision_number = promotions.decision_number

)

select
    runs.model_run_id,
    states.state,
    states.state_since,
    runs.trained_at,
    runs.data_as_of,
    runs.customers,
    runs.products,
    runs.purchases,
    runs.train_seconds
from runs
inner join states on runs.model_run_id = states.model_run_id
order by
    runs.trained_at desc,
    runs.model_run_id asc
