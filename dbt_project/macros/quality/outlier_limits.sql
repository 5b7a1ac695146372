{#- Query with the limits beyond which a positive measure is extreme, one row a group: (<group_column>, low, high).

    The limits are the absolute bounds of ref_outlier_rules, narrowed by how the measure is distributed:
      mad       to median ± threshold × 1.4826 × MAD on the log scale, where a lost decimal comma is as far out upwards as
                downwards. 1.4826 makes the median absolute deviation of a normal distribution its standard deviation.
                The spread counts as at least `smallest_log_spread`, or a group of equal prices would call a promotion
                extreme.
      quantile  to the value at that share of the sorted values (1 is the largest: the bounds alone speak).
    A group with fewer than `smallest_group` values is too small to speak about its members: it has everybody's limits.

    relation: CTE with one row a value.
    measure: its column.
    rule: the measure's name in ref_outlier_rules.
    group_column: the column to group by. -#}
{% macro outlier_limits(relation, measure, rule, group_column) -%}
    with rule as (

        select
            method,
            cast(threshold as double) as threshold,
            cast(lower_bound as double) as lower_bound,
            cast(upper_bound as double) as upper_bound
        from {{ ref('ref_outlier_rules') }}
        where measure = '{{ rule }}'

    ),

    grouped as (

        select
            concat('group ', {{ group_column }}) as group_key,
            {{ group_column }},
            {{ measure }} as measure,
            ln({{ measure }}) as log_measure
        from {{ relation }}
        where {{ measure }} > 0

    ),

    group_names as (

        select
            group_key,
            {{ group_column }},
            count(*) >= {{ var('smallest_group') }} as is_large
        from grouped
        group by group_key, {{ group_column }}

    ),

    measured as (

        select
            grouped.group_key,
            grouped.measure,
            grouped.log_measure
        from grouped
        inner join group_names on grouped.group_key = group_names.group_key
        where group_names.is_large
        union all
        select
            'everybody' as group_key,
            measure,
            log_measure
        from grouped

    ),

    centres as (

        select
            group_key,
            percentile_cont(0.5) within group (order by log_measure) as centre
        from measured
        group by group_key

    ),

    spreads as (

        select
            measured.group_key,
            centres.centre,
            greatest(
                1.4826 * percentile_cont(0.5) within group (order by abs(measured.log_measure - centres.centre)),
                {{ var('smallest_log_spread') }}
            ) as spread
        from measured
        inner join centres on measured.group_key = centres.group_key
        group by measured.group_key, centres.centre

    ),

    shares as (

        select
            group_key,
            measure,
            cast(sum(count(*)) over (partition by group_key order by measure) as double)
            / sum(count(*)) over (partition by group_key) as share_up_to
        from measured
        group by group_key, measure

    ),

    quantiles as (

        select
            shares.group_key,
            min(shares.measure) as quantile
        from shares
        cross join rule
        where shares.share_up_to >= rule.threshold
        group by shares.group_key

    ),

    limits as (

        select
            spreads.group_key,
            case rule.method
                when 'mad' then greatest(rule.lower_bound, exp(spreads.centre - rule.threshold * spreads.spread))
                else rule.lower_bound
            end as low,
            case rule.method
                when 'mad' then least(rule.upper_bound, exp(spreads.centre + rule.threshold * spreads.spread))
                else least(rule.upper_bound, quantiles.quantile)
            end as high
        from spreads
        cross join rule
        left join quantiles on spreads.group_key = quantiles.group_key

    )

    select
        group_names.{{ group_column }},
        coalesce(own_limits.low, shared_limits.low) as low,
        coalesce(own_limits.high, shared_limits.high) as high
    from group_names
    left join limits as own_limits on group_names.group_key = own_limits.group_key
    left join limits as shared_limits on shared_limits.group_key = 'everybody'
{%- endmacro %}
