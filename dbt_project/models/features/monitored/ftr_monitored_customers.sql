-- Customers as the deployed model meets them today. What was imputed is missing here: imputing hides what an extract
-- has ceased to deliver.
with users as (

    select *
    from {{ ref('ftr_users') }}
    where protocol = 'serving'

),

customers as (

    select *
    from {{ ref('dim_users') }}
    where is_active

),

final as (

    select
        -------- ids
        customers.customer_id as unit_id,

        -------- who
        case when not customers.is_age_imputed then customers.age end as age,
        case when not customers.is_gender_imputed then customers.gender end as gender,
        case when not customers.is_region_imputed then customers.region end as region,
        customers.country_code,
        case when not customers.is_skin_type_imputed then customers.skin_type end as skin_type,
        users.days_since_sign_up,

        -------- what they buy
        users.top_shopped_concern_id,
        users.transactions,
        users.distinct_products,
        users.average_days_between_transactions,
        users.days_since_last_transaction,
        users.average_line_eur,
        users.price_quantile,
        users.web_share,
        users.category_diversity,
        users.repeat_rate,

        -------- what they say and look at
        users.average_rating_given,
        users.views,
        users.saves,
        users.carts,
        users.searches
    from customers
    inner join users on customers.customer_id = users.customer_id

)

select * from final
