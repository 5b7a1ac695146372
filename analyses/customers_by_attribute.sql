-- Who the customers are: how many there are of each age, gender, region and skin type.
with customers as (

    select
        age_band,
        gender,
        region,
        skin_type
    from {{ ref('dim_users') }}

),

counted as (

    {% for attribute in ['age_band', 'gender', 'region', 'skin_type'] -%}
    select
        '{{ attribute }}' as attribute,
        coalesce({{ attribute }}, 'unknown') as attribute_value,
        count(*) as customers
    from customers
    group by coalesce({{ attribute }}, 'unknown')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    attribute,
    attribute_value,
    customers,
    {{ safe_divide('customers', 'sum(customers) over (partition by attribute)') }} as share
from counted
order by
    attribute asc,
    case attribute_value when 'under_18' then 1 when 'unknown' then 3 else 2 end asc,
    attribute_value asc
