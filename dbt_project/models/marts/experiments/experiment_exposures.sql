-- A customer is in the experiment from the first impression on, not from the assignment: who never saw anything only
-- dilutes the effect. Whoever saw another arm than theirs, or two, is counted and not analysed.
with impressions as (

    select
        *,
        row_number() over (
            partition by experiment_id, customer_id, arm
            order by occurred_at, rank, event_id
        ) as impression_number
    from {{ ref('int_experiment_events') }}
    where event_type = 'impression'

),

first_impressions as (

    select *
    from impressions
    where impression_number = 1

),

arms_seen as (

    select
        experiment_id,
        customer_id,
        count(*) as arms_seen
    from first_impressions
    group by experiment_id, customer_id

),

simulated as (

    select
        experiment_id,
        customer_id,
        arm,
        max(case when is_simulated then 1 else 0 end) = 1 as is_simulated
    from {{ ref('int_experiment_events') }}
    group by experiment_id, customer_id, arm

),

assignments as (

    select * from {{ ref('experiment_assignments') }}

),

experiments as (

    select * from {{ ref('ref_experiments') }}

),

customers as (

    select
        customer_id,
        skin_type
    from {{ ref('dim_users') }}

),

clock as (

    select as_of from {{ ref('int_as_of') }}

),

final as (

    select
        -- ids
        first_impressions.experiment_id,
        first_impressions.customer_id,
        first_impressions.arm,

        -- as it was meant
        assignments.arm as assigned_arm,
        first_impressions.arm = assignments.arm as is_as_assigned,
        arms_seen.arms_seen,
        first_impressions.arm = assignments.arm and arms_seen.arms_seen = 1 as is_analysed,

        -- what was seen first
        first_impressions.occurred_at as first_exposed_at,
        first_impressions.product_id as first_product_id,
        first_impressions.reason_code as first_reason_code,
        first_impressions.model_run_id as first_model_run_id,
        customers.skin_type,

        -- until when it counts
        cast(
            {{ dbt.dateadd('day', 'experiments.outcome_days', 'first_impressions.occurred_at') }} as timestamp
        ) as outcome_ends_at,
        {{ days_between('first_impressions.occurred_at', 'clock.as_of') }} >= experiments.outcome_days as is_complete,
        simulated.is_simulated

    from first_impressions
    inner join arms_seen
        on
            first_impressions.experiment_id = arms_seen.experiment_id
            and first_impressions.customer_id = arms_seen.customer_id
    inner join simulated
        on
            first_impressions.experiment_id = simulated.experiment_id
            and first_impressions.customer_id = simulated.customer_id
            and first_impressions.arm = simulated.arm
    inner join assignments
        on
            first_impressions.experiment_id = assignments.experiment_id
            and first_impressions.customer_id = assignments.customer_id
    inner join experiments on first_impressions.experiment_id = experiments.experiment_id
    inner join customers on first_impressions.customer_id = customers.customer_id
    cross join clock

)

select * from final
