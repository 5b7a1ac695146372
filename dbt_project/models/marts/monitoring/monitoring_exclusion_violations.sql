-- Recommended products that their customer asked not to be shown. Must stay empty. Read from what products contain, not
-- from the list that the model was given: an error in that list must not hide itself.
with recommendations as (

    select
        customer_id,
        product_id
    from {{ ref('recommendations') }}

),

exclusions as (

    select
        customer_id,
        exclusion_kind,
        exclusion_id
    from {{ ref('ftr_user_exclusions') }}
    where protocol = 'serving'

),

contents as (

    select
        exclusion_kind,
        exclusion_id,
        product_id
    from {{ ref('ftr_exclusion_contents') }}

),

unlisted as (

    select product_id
    from {{ ref('dim_products') }}
    where not has_ingredient_list

),

contained as (

    select
        recommendations.customer_id,
        recommendations.product_id
    from recommendations
    inner join exclusions on recommendations.customer_id = exclusions.customer_id
    inner join contents
        on
            exclusions.exclusion_kind = contents.exclusion_kind
            and exclusions.exclusion_id = contents.exclusion_id
            and recommendations.product_id = contents.product_id

),

unknown as (

    select
        recommendations.customer_id,
        recommendations.product_id
    from recommendations
    inner join unlisted on recommendations.product_id = unlisted.product_id
    where recommendations.customer_id in (select exclusions.customer_id from exclusions)

)

select * from contained
union distinct
select * from unknown
