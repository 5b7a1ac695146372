-- The concerns that a customer shops for, next to those that the customer declared. `shopped_weight` is the average of
-- the products' weights over what was bought, the latest purchases counting most: how much of the basket aims there.
-- They are ranked by how far that exceeds the catalogue's average: nearly every cream is good for dry skin.
with purchased as (

    select * from {{ ref('ftr_user_products') }}

),

products as (

    select * from {{ ref('dim_products') }}

),

product_concerns as (

    select * from {{ ref('ftr_product_concerns') }}

),

concerns as (

    select * from {{ ref('ref_concerns') }}

),

declared as (

    select * from {{ ref('bridge_user_concerns') }}

),

spine as (

    select * from {{ ref('ftr_spine') }}

),

-- Older purchases weigh next to nothing and would double the work.
recent_purchases as (

    select
        protocol,
        split,
        customer_id,
        product_id,
        recency_weight
    from purchased
    where last_bought_purchases_ago < {{ var('concern_history_purchases') }}

),

basket as (

    select
        protocol,
        split,
        customer_id,
        {{ exact_sum('recency_weight') }} as basket_weight
    from recent_purchases
    group by
        protocol,
        split,
        customer_id

),

aimed as (

    select
        recent_purchases.protocol,
        recent_purchases.split,
        recent_purchases.customer_id,
        product_concerns.concern_id,
        {{ exact_sum('recent_purchases.recency_weight * product_concerns.weight') }} as aimed_weight
    from recent_purchases
    inner join product_concerns on recent_purchases.product_id = product_concerns.product_id
    group by
        recent_purchases.protocol,
        recent_purchases.split,
        recent_purchases.customer_id,
        product_concerns.concern_id

),

catalogue as (

    select count(*) as products
    from products

),

-- Equal weights are ordered by lot, drawn once.
usual as (

    select
        concerns.concern_id,
        {{ hash_fraction('concerns.concern_id', 'concern order') }} as lot,
        round({{ safe_divide(exact_sum('product_concerns.weight'), 'max(catalogue.products)') }}, 6) as usual_weight
    from concerns
    inner join product_concerns on concerns.concern_id = product_concerns.concern_id
    cross join catalogue
    group by concerns.concern_id

),

shopped as (

    select
        aimed.protocol,
        aimed.split,
        aimed.customer_id,
        aimed.concern_id,
        round({{ safe_divide('aimed.aimed_weight', 'basket.basket_weight') }}, 6) as shopped_weight,
        usual.usual_weight,
        usual.lot
    from aimed
    inner join usual on aimed.concern_id = usual.concern_id
    inner join basket
        on
            aimed.protocol = basket.protocol
            and aimed.split = basket.split
            and aimed.customer_id = basket.customer_id

),

ranked as (

    select
        protocol,
        split,
        customer_id,
        concern_id,
        shopped_weight,
        row_number() over (
            partition by protocol, split, customer_id
            order by round(shopped_weight - usual_weight, 6) desc, lot
        ) as shopped_rank
    from shopped

),

strongest as (

    select
        protocol,
        split,
        customer_id,
        concern_id,
        shopped_weight,
        shopped_rank
    from ranked
    where shopped_rank <= {{ var('shopped_concerns_kept') }}

),

declared_as_of as (

    select
        spine.protocol,
        spine.split,
        declared.customer_id,
        declared.concern_id
    from declared
    inner join spine on declared.customer_id = spine.customer_id

),

final as (

    select
        -------- ids
        coalesce(strongest.protocol, declared_as_of.protocol) as protocol,
        coalesce(strongest.split, declared_as_of.split) as split,
        coalesce(strongest.customer_id, declared_as_of.customer_id) as customer_id,
        coalesce(strongest.concern_id, declared_as_of.concern_id) as concern_id,

        -------- numerics
        coalesce(strongest.shopped_weight, 0) as shopped_weight,
        strongest.shopped_rank,

        -------- booleans
        declared_as_of.customer_id is not null as is_declared
    from strongest
    full outer join declared_as_of
        on
            strongest.protocol = declared_as_of.protocol
            and strongest.split = declared_as_of.split
            and strongest.customer_id = declared_as_of.customer_id
            and strongest.concern_id = declared_as_of.concern_id

)

select * from final
