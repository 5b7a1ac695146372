-- How alike today's lists and those of the release before are, on average, by slice.
with repetition as (

    select * from {{ ref('release_repetition') }}

),

measures as (

    select
        slice,
        'jaccard' as measure,
        mean_jaccard as value
    from repetition
    union all
    select
        slice,
        'rank_biased_overlap' as measure,
        mean_rank_biased_overlap as value
    from repetition

)

select
    measures.slice,
    measures.measure,
    measures.value,
    repetition.customers,
    {{ safe_divide('repetition.unchanged_customers', 'repetition.customers') }} as unchanged_share,
    repetition.last_release_id,
    repetition.last_generated_at
from measures
inner join repetition on measures.slice = repetition.slice
order by
    measures.slice asc,
    measures.measure asc
