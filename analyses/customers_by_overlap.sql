-- How many customers keep how much of the list that the release before showed them, in tenths.
with compared as (

    select rank_biased_overlap
    from {{ ref('ml_release_overlap') }}

),

tenths as (
    {%- for tenth in range(10) %}

    select {{ tenth }} as tenth
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

-- The overlap of equal lists falls short of 1 in its last digits.
placed as (

    select least(floor(rank_biased_overlap * 10 + 0.000001), 9) as tenth
    from compared

),

counted as (

    select
        tenth,
        count(*) as customers
    from placed
    group by tenth

)

select
    tenths.tenth / 10.0 as overlap_from,
    coalesce(counted.customers, 0) as customers
from tenths
left join counted on tenths.tenth = counted.tenth
where exists (select 1 from compared)
order by overlap_from asc
