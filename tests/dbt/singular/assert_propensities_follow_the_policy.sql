-- Only the last slot is drawn, and as often as the propensities say: one that keeps its product says how likely that
-- was, and the share of those given away agrees with it (within six standard deviations).
with slots as (

    select
        customer_id,
        rank,
        is_exploration,
        propensity,
        rank = {{ var('recommendations_per_customer') }} as is_last
    from {{ ref('recommendations') }}

),

drawn as (

    select
        count(*) as slots,
        count(case when is_exploration then 1 end) as given_away,
        max(case when not is_exploration then 1 - propensity end) as share
    from slots
    where
        is_last
        and propensity < 1

)

select 'row ' || customer_id || '/' || cast(rank as varchar) as finding
from slots
where
    (not is_last and (is_exploration or propensity < 1))
    or (is_exploration and propensity >= 1)
union all
select 'share of slots given away' as finding
from drawn
where abs(given_away - share * slots) > 6 * sqrt(share * (1 - share) * slots) + 1
