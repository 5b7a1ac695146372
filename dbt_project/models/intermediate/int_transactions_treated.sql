with lines as (

    select * from {{ ref('int_transactions_unified') }}

),

list_prices as (

    select
        product_id,
        price_eur
    from {{ ref('int_products_priced') }}

),

rules as (

    select
        max(case when measure = 'line_price_ratio' then treatment end) as price_treatment,
        max(case when measure = 'line_quantity' then treatment end) as quantity_treatment
    from {{ ref('ref_outlier_rules') }}

),

order_line_treatments as (

    {{ column_treatments('stg_webshop__order_lines', ['unit_price']) }}

),

sale_treatments as (

    {{ column_treatments('stg_pos__sales', ['unit_price']) }}

),

-- What a product usually costs: the median of what was paid. Of few payments one may be wrong, so the list price stands
-- in for those.
paid_prices as (

    select
        product_id,
        percentile_cont(0.5) within group (order by stated_unit_price_eur) as price_eur,
        count(*) as payments
    from lines
    where stated_unit_price_eur > 0
    group by product_id

),

usual_prices as (

    select
        list_prices.product_id,
        case
            when paid_prices.payments >= {{ var('smallest_group') }} then paid_prices.price_eur
            else coalesce(list_prices.price_eur, paid_prices.price_eur)
        end as usual_price_eur
    from list_prices
    left join paid_prices on list_prices.product_id = paid_prices.product_id

),

measured as (

    select
        lines.*,
        'all lines' as line_group,
        cast(lines.stated_quantity as double) as line_quantity,
        lines.stated_unit_price_eur / nullif(usual_prices.usual_price_eur, 0) as line_price_ratio,
        usual_prices.usual_price_eur
    from lines
    left join usual_prices on lines.product_id = usual_prices.product_id

),

price_limits as (

    {{ outlier_limits('measured', 'line_price_ratio', 'line_price_ratio', 'line_group') }}

),

quantity_limits as (

    {{ outlier_limits('measured', 'line_quantity', 'line_quantity', 'line_group') }}

),

judged as (

    select
        measured.*,
        case measured.source_system
            when 'webshop' then order_line_treatments.unit_price_treatment
            else sale_treatments.unit_price_treatment
        end as missing_price_treatment,
        {{ is_outlier('measured.line_price_ratio', 'price_limits.low', 'price_limits.high') }}
        or coalesce(measured.stated_unit_price_eur < 0, false) as is_price_outlier,
        {{ treat_outlier(
            'measured.line_price_ratio', 'rules.price_treatment', 'price_limits.low', 'price_limits.high'
        ) }} as treated_price_ratio,
        {{ is_outlier('measured.line_quantity', 'quantity_limits.low', 'quantity_limits.high') }}
            as is_quantity_treated,
        {{ treat_outlier(
            'measured.line_quantity', 'rules.quantity_treatment', 'quantity_limits.low', 'quantity_limits.high'
        ) }} as treated_quantity
    from measured
    cross join rules
    cross join order_line_treatments
    cross join sale_treatments
    left join price_limits on measured.line_group = price_limits.line_group
    left join quantity_limits on measured.line_group = quantity_limits.line_group

),

-- A price that is missing, or that its outlier rule makes missing, is what others pay for the product.
repriced as (

    select
        *,
        case
            when not is_price_outlier and stated_unit_price_eur is not null then stated_unit_price_eur
            when treated_price_ratio > 0 then treated_price_ratio * usual_price_eur
            when missing_price_treatment in ('group_median', 'group_draw') then usual_price_eur
        end as unit_price_eur,
        -- An extreme quantity that its rule makes missing is one piece: the line was sold, its size is not believed.
        coalesce(cast(round(treated_quantity) as integer), 1) as quantity
    from judged

)

select
    transaction_line_id,
    transaction_id,
    line_number,
    source_system,
    channel,
    customer_id,
    product_id,
    ordered_at,
    time_precision,
    source_row_number,
    quantity,
    is_quantity_treated,
    unit_price_eur,
    is_price_outlier or (stated_unit_price_eur is null and unit_price_eur is not null) as is_price_treated,
    least(greatest(coalesce(stated_discount_eur, 0), 0), coalesce(unit_price_eur * quantity, 0)) as discount_eur,
    coalesce(stated_discount_eur < 0 or stated_discount_eur > unit_price_eur * quantity, false) as is_discount_treated,
    status,
    store
from repriced
