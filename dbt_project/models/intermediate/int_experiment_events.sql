-- An app that sends the arm alone is understood while one experiment with such an arm is running; of two, nobody knows.
with interactions as (

    select *
    from {{ ref('fct_interactions') }}
    where
        experiment_arm is not null
        and customer_id is not null
        and time_precision = 'second'

),

arms as (

    select
        experiments.experiment_id,
        experiments.starts_at,
        experiments.ends_at,
        arms.arm
    from {{ ref('ref_experiments') }} as experiments
    inner join {{ ref('ref_experiment_arms') }} as arms on experiments.experiment_id = arms.experiment_id

),

meant as (

    select
        interactions.event_id,
        min(arms.experiment_id) as experiment_id
    from interactions
    inner join arms
        on
            interactions.experiment_arm = arms.arm
            and interactions.occurred_at >= arms.starts_at
            and interactions.occurred_at < arms.ends_at
            and coalesce(interactions.experiment_id, arms.experiment_id) = arms.experiment_id
    group by interactions.event_id
    having count(*) = 1

)

select
    interactions.event_id,
    meant.experiment_id,
    interactions.experiment_arm as arm,
    interactions.customer_id,
    interactions.session_id,
    interactions.event_type,
    interactions.occurred_at,
    interactions.product_id,
    interactions.rank,
    interactions.propensity,
    interactions.model_run_id,
    interactions.reason_code,
    interactions.is_simulated
from interactions
inner join meant on interactions.event_id = meant.event_id
