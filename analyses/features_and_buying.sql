{%- set customer_features = [
    'views', 'saves', 'carts', 'searches', 'days_since_sign_up', 'days_since_last_transaction', 'price_quantile',
    'product_diversity', 'category_diversity', 'repeat_rate', 'average_rating_given', 'web_share',
] -%}
{%- set product_features = [
    'views', 'saves', 'carts', 'conversion', 'average_rating_seen', 'rating_count_seen', 'price_quantile', 'age_days',
    'repurchase_rate',
] -%}
-- Which features go along with buying? Spearman's rank correlation of each with the purchases of a customer, or the
-- buyers of a product, with its 95 % interval (Fisher's transformation; Bonett and Wright 2000). No cause is implied:
-- who buys much also looks at much.
with customers as (

    select * from {{ ref('ftr_users') }}
    where protocol = 'serving'

),

products as (

    select * from {{ ref('ftr_products') }}
    where protocol = 'serving'

),

measured as (

    {% for feature in customer_features -%}
    select
        'customers' as entity,
        '{{ feature }}' as feature,
        cast({{ feature }} as double) as feature_value,
        cast(purchases as double) as bought
    from customers
    where {{ feature }} is not null
    union all
    {% endfor -%}
    {% for feature in product_features -%}
    select
        'products' as entity,
        '{{ feature }}' as feature,
        cast({{ feature }} as double) as feature_value,
        cast(buyers as double) as bought
    from products
    where {{ feature }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- Equal values share the middle rank of their group.
ranked as (

    select
        entity,
        feature,
        rank() over (partition by entity, feature order by feature_value)
        + (count(*) over (partition by entity, feature, feature_value) - 1) / 2.0 as feature_rank,
        rank() over (partition by entity, feature order by bought)
        + (count(*) over (partition by entity, feature, bought) - 1) / 2.0 as bought_rank
    from measured

),

-- A feature that is the same for all has no correlation.
correlated as (

    select
        entity,
        feature,
        count(*) as members,
        round(corr(feature_rank, bought_rank), 6) as correlation
    from ranked
    group by
        entity,
        feature
    having min(feature_rank) < max(feature_rank) and min(bought_rank) < max(bought_rank) and count(*) > 10

),

transformed as (

    select
        entity,
        feature,
        members,
        correlation,
        0.5 * ln((1 + correlation) / (1 - correlation)) as fisher_z,
        1.96 * sqrt((1 + correlation * correlation / 2) / (members - 3)) as half_width
    from correlated
    where abs(correlation) < 1

)

select
    entity,
    feature,
    members,
    correlation,
    round((exp(2 * (fisher_z - half_width)) - 1) / (exp(2 * (fisher_z - half_width)) + 1), 6) as ci_low,
    round((exp(2 * (fisher_z + half_width)) - 1) / (exp(2 * (fisher_z + half_width)) + 1), 6) as ci_high
from transformed
order by
    entity asc,
    correlation desc,
    feature asc
