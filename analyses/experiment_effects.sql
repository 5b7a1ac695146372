-- What each experiment says of each metric, three ways: the interval for one look, the one that may be looked at every
-- day, and the one that takes the customers' past into account. docs/experiments.md explains them.
with readout as (

    select * from {{ ref('experiment_readout') }}
    where slice_kind = 'all'

),

intervals as (

    {% for way, prefix, effect in [
        ('looked at once', '', 'effect'),
        ('looked at daily', 'sequential_', 'effect'),
        ('less the past (CUPED)', 'cuped_', 'cuped_effect'),
    ] -%}
    select
        experiment_id,
        arm,
        control_arm,
        metric,
        role,
        '{{ way }}' as way,
        {{ effect }} as estimate,
        {{ prefix }}ci_low as interval_low,
        {{ prefix }}ci_high as interval_high,
        value,
        control_value,
        customers,
        control_customers,
        p_value_adjusted,
        verdict,
        is_simulated
    from readout
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from intervals
where estimate is not null
order by
    experiment_id asc,
    arm asc,
    case role when 'primary' then 1 when 'guardrail' then 2 else 3 end asc,
    metric asc,
    way asc
