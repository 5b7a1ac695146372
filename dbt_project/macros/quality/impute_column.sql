{#- Subquery with one row a key: (key, value, is_imputed), the column with its missing values treated as
    ref_missing_value_policies says.

      group_median  the middle one of the group's known values (the lower one of two), so that it is a value that occurs;
      group_draw    one of the group's known values, drawn by a hash of the row's own key: the mix of the group stays, and
                    the same customer draws the same value in every build;
      unknown_value `unknown`, an SQL literal;
      keep_null     null.

    Median and draw are the same step: take the value at a share of the sorted known values, 0.5 or the hash. A group with
    fewer than `smallest_group` known values is too small to speak: all rows speak instead. If nobody's value
    is known, nothing is invented: the value is `unknown`.

    relation: CTE or model to read.
    key: its unique text column.
    column: the column to treat.
    model, policy_column: where the policy is found in the seed.
    groups: the columns that the policy's group_columns (joined by '+') may name.
    unknown: SQL literal of the column's own unknown value. -#}
{% macro impute_column(relation, key, column, model, groups, unknown='null', policy_column=none) -%}
    with policy as (

        select
            coalesce(max(treatment), 'keep_null') as treatment,
            concat('+', coalesce(max(group_columns), ''), '+') as group_columns
        from {{ ref('ref_missing_value_policies') }}
        where
            model = '{{ model }}'
            and column_name = '{{ policy_column or column }}'

    ),

    grouped as (

        select
            source.{{ key }},
            source.{{ column }},
            policy.treatment,
            concat(
                'group'
                {%- for group in groups %},
                case
                    when policy.group_columns like '%+{{ group }}+%'
                        then concat('|', coalesce(cast(source.{{ group }} as varchar), ''))
                    else '|'
                end
                {%- endfor %}
            ) as group_key,
            case policy.treatment
                when 'group_median' then cast(0.5 as double)
                when 'group_draw' then {{ hash_fraction("concat('" ~ column ~ "', source." ~ key ~ ")") }}
            end as share
        from {{ relation }} as source
        cross join policy

    ),

    missing as (

        select
            {{ key }},
            group_key,
            share
        from grouped
        where
            {{ column }} is null
            and share is not null

    ),

    -- Who could give a value: the row's own group, and everybody.
    donors as (

        select
            {{ key }},
            {{ column }},
            group_key
        from grouped
        where
            {{ column }} is not null
            and share is not null
        union all
        select
            {{ key }},
            {{ column }},
            'everybody' as group_key
        from grouped
        where
            {{ column }} is not null
            and share is not null

    ),

    sorted_donors as (

        select
            group_key,
            {{ column }},
            row_number() over (partition by group_key order by {{ column }}, {{ key }}) as place
        from donors

    ),

    group_sizes as (

        select
            group_key,
            count(*) as places
        from donors
        group by group_key
        having count(*) >= case group_key when 'everybody' then 1 else {{ var('smallest_group') }} end

    ),

    asked_groups as (

        select
            missing.{{ key }},
            coalesce(own_group.group_key, everybody.group_key) as group_key,
            greatest(1, ceil(missing.share * coalesce(own_group.places, everybody.places))) as place
        from missing
        left join group_sizes as own_group on missing.group_key = own_group.group_key
        left join group_sizes as everybody on everybody.group_key = 'everybody'

    ),

    imputed as (

        select
            asked_groups.{{ key }},
            sorted_donors.{{ column }}
        from asked_groups
        inner join sorted_donors
            on
                asked_groups.group_key = sorted_donors.group_key
                and asked_groups.place = sorted_donors.place

    )

    select
        grouped.{{ key }},
        coalesce(
            grouped.{{ column }},
            imputed.{{ column }},
            case when grouped.treatment <> 'keep_null' then {{ unknown }} end
        ) as {{ column }},
        grouped.{{ column }} is null and imputed.{{ column }} is not null as is_{{ column }}_imputed
    from grouped
    left join imputed on grouped.{{ key }} = imputed.{{ key }}
{%- endmacro %}
