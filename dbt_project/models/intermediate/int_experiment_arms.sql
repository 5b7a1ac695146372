-- Shares laid end to end in the order of the arms' names. They are added up as decimals, because sums of doubles would
-- put a customer at the border of two arms into one here and into the other elsewhere.
with arms as (

    select * from {{ ref('ref_experiment_arms') }}

),

laid_out as (

    select
        experiment_id,
        arm,
        share,
        is_control,
        policy,
        sum(share) over (
            partition by experiment_id
            order by arm
            rows between unbounded preceding and current row
        ) as upper_share
    from arms

)

select
    experiment_id,
    arm,
    is_control,
    policy,
    cast(share as double) as share,
    cast(upper_share - share as double) as lower_bound,
    cast(upper_share as double) as upper_bound
from laid_out
