-- How many days one unit of a product lasts: the median over its buyers, pulled towards its category's while few have
-- bought it twice. A product of a category that nobody buys again has no interval.
with gaps as (

    select * from {{ ref('ftr_visible_repurchase_gaps') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

splits as (

    select * from {{ ref('ftr_evaluation_splits') }}

),

of_product as (

    select
        protocol,
        split,
        product_id,
        count(*) as repurchases,
        median(days_per_unit) as interval_days
    from gaps
    group by
        protocol,
        split,
        product_id

),

of_category as (

    select
        gaps.protocol,
        gaps.split,
        products.category_id,
        median(gaps.days_per_unit) as interval_days
    from gaps
    inner join products on gaps.product_id = products.product_id
    group by
        gaps.protocol,
        gaps.split,
        products.category_id

),

final as (

    select
        -------- ids
        splits.protocol,
        splits.split,
        products.product_id,

        -------- numerics
        coalesce(of_product.repurchases, 0) as repurchases,
        of_product.interval_days as own_interval_days,
        of_category.interval_days as category_interval_days,
        {{ shrunken_mean(
            'of_product.interval_days',
            'of_product.repurchases',
            'of_category.interval_days',
            var('repurchase_prior_weight')
        ) }} as repurchase_interval_days
    from products
    cross join splits
    left join of_product
        on
            products.product_id = of_product.product_id
            and splits.protocol = of_product.protocol
            and splits.split = of_product.split
    left join of_category
        on
            products.category_id = of_category.category_id
            and splits.protocol = of_category.protocol
            and splits.split = of_category.split

)

select * from final
