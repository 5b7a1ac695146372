-- What was kept arrives: no join on the way to core loses or multiplies a row.
with kept as (

    select
        max(case when entity = 'customers' then kept_rows end) as customers,
        max(case when entity = 'products' then kept_rows end) as products,
        max(case when entity = 'events' then kept_rows end) as events,
        sum(case when entity in ('order_lines', 'sales') then kept_rows end) as sold_lines
    from {{ ref('quality_ledger') }}

),

arrivals as (

    select
        'dim_users' as model,
        (select customers from kept) as kept_rows,
        (select count(*) from {{ ref('dim_users') }}) as core_rows
    union all
    select
        'dim_products' as model,
        (select products from kept) as kept_rows,
        (select count(*) from {{ ref('dim_products') }}) as core_rows
    union all
    select
        'fct_transactions' as model,
        (select sold_lines from kept) as kept_rows,
        (select count(*) from {{ ref('fct_transactions') }}) as core_rows
    union all
    select
        'fct_interactions' as model,
        (select events from kept) as kept_rows,
        (select count(*) from {{ ref('fct_interactions') }}) as core_rows

)

-- Raised rather than returned, so that the console shows the message instead of a count.
select model
from arrivals
where
    case
        when kept_rows <> core_rows
            then {{ raise_error(
                "concat(model, ' has ', core_rows, ' rows, but ', kept_rows, ' were kept for it')"
            ) }} is not null
        else false
    end
