-- The groups that a customer falls back on: all -> skin type -> skin type and age -> skin type, age and region. Where a
-- characteristic is unknown the bucket ends, so that nobody is compared with "people of unknown age".
with customers as (

    select * from {{ ref('dim_users') }}

),

characteristics as (

    select distinct
        nullif(skin_type, 'unknown') as skin_type,
        nullif(age_band, 'unknown') as age_band,
        nullif(region, 'unknown') as region
    from customers

),

buckets as (

    select
        'all' as bucket_id,
        0 as level,
        cast(null as varchar) as parent_bucket_id,
        cast(null as varchar) as skin_type,
        cast(null as varchar) as age_band,
        cast(null as varchar) as region
    union distinct
    select
        skin_type as bucket_id,
        1 as level,
        'all' as parent_bucket_id,
        skin_type,
        cast(null as varchar) as age_band,
        cast(null as varchar) as region
    from characteristics
    where skin_type is not null
    union distinct
    select
        skin_type || '/' || age_band as bucket_id,
        2 as level,
        skin_type as parent_bucket_id,
        skin_type,
        age_band,
        cast(null as varchar) as region
    from characteristics
    where
        skin_type is not null
        and age_band is not null
    union distinct
    select
        skin_type || '/' || age_band || '/' || region as bucket_id,
        3 as level,
        skin_type || '/' || age_band as parent_bucket_id,
        skin_type,
        age_band,
        region
    from characteristics
    where
        skin_type is not null
        and age_band is not null
        and region is not null

),

final as (

    select
        -------- ids
        bucket_id,
        parent_bucket_id,

        -------- texts
        skin_type,
        age_band,
        region,

        -------- numerics
        level
    from buckets

)

select * from final
