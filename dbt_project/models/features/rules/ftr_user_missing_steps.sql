-- The essential steps of facial care for which a customer has nothing in use. Only for customers who have begun a
-- routine: whoever buys hair spray has not asked for one.
with in_use as (

    select * from {{ ref('ftr_user_products_in_use') }}

),

essential_steps as (

    select routine_step
    from {{ ref('ref_routine_steps') }}
    where is_essential

),

begun as (

    select distinct
        in_use.protocol,
        in_use.split,
        in_use.customer_id
    from in_use
    inner join essential_steps on in_use.routine_step = essential_steps.routine_step

),

final as (

    select
        -------- ids
        begun.protocol,
        begun.split,
        begun.customer_id,

        -------- texts
        essential_steps.routine_step
    from begun
    cross join essential_steps
    where
        not exists (
            select 1 as one
            from in_use
            where
                in_use.customer_id = begun.customer_id
                and in_use.protocol = begun.protocol
                and in_use.split = begun.split
                and in_use.routine_step = essential_steps.routine_step
        )

)

select * from final
