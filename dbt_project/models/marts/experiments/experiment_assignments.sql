-- Every customer has an arm in every experiment, whether they ever come or not: the draw needs nothing but the id.
with customers as (

    select customer_id from {{ ref('dim_users') }}

),

experiments as (

    select
        experiment_id,
        salt
    from {{ ref('ref_experiments') }}

),

arms as (

    select * from {{ ref('int_experiment_arms') }}

),

draws as (

    select
        experiments.experiment_id,
        customers.customer_id,
        {{ experiment_draw('customers.customer_id', 'experiments.salt') }} as draw
    from customers
    cross join experiments

),

final as (

    select
        draws.experiment_id,
        draws.customer_id,
        arms.arm,
        draws.draw
    from draws
    inner join arms
        on
            draws.experiment_id = arms.experiment_id
            and draws.draw >= arms.lower_bound
            and draws.draw < arms.upper_bound

)

select * from final
