-- How much the lists repeat those of the release before, for everybody and by slice.
with compared as (

    select * from {{ ref('ml_release_overlap') }}

),

users as (

    select
        customer_id,
        purchases,
        skin_type
    from {{ ref('ftr_users') }}
    where protocol = 'serving'

),

runs as (

    select * from {{ ref('monitoring_watched_run') }}

),

sliced as (

    select
        compared.*,
        'all' as slice
    from compared
    union all
    select
        compared.*,
        -- As the evaluation slices by history.
        case
            when users.purchases = 0 then 'history_none'
            when users.purchases < 5 then 'history_light'
            when users.purchases < 10 then 'history_medium'
            else 'history_heavy'
        end as slice
    from compared
    inner join users on compared.customer_id = users.customer_id
    union all
    select
        compared.*,
        concat('skin_type_', users.skin_type) as slice
    from compared
    inner join users on compared.customer_id = users.customer_id

),

final as (

    select
        runs.model_run_id,
        sliced.last_release_id,
        sliced.slice,
        count(*) as customers,
        cast(avg(cast(sliced.jaccard as decimal(28, 9))) as double) as mean_jaccard,
        cast(avg(cast(sliced.rank_biased_overlap as decimal(28, 9))) as double) as mean_rank_biased_overlap,
        cast(sum(case when sliced.rank_biased_overlap > 0.999999 then 1 else 0 end) as bigint) as unchanged_customers,
        min(sliced.last_generated_at) as last_generated_at,
        min(sliced.generated_at) as generated_at
    from sliced
    cross join runs
    group by
        runs.model_run_id,
        sliced.last_release_id,
        sliced.slice

)

select * from final
