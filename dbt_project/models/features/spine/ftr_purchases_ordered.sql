-- What was bought, in order: the lines of a transaction that name the same product are one purchase of it.
with lines as (

    select * from {{ ref('fct_transactions') }}

),

transactions as (

    select * from {{ ref('ftr_transactions_ordered') }}

),

purchases as (

    select
        transaction_id,
        product_id,
        min(source_row_number) as first_row_number,
        cast(sum(quantity) as bigint) as quantity,
        {{ safe_divide(
            exact_sum('quantity * unit_price_eur'),
            'sum(case when unit_price_eur is not null then quantity end)'
        ) }} as unit_price_eur,
        {{ exact_sum('line_amount_eur') }} as line_amount_eur
    from lines
    where
        is_purchase
        and customer_id is not null
    group by
        transaction_id,
        product_id

),

numbered as (

    select
        transactions.customer_id,
        purchases.transaction_id,
        purchases.product_id,
        transactions.transaction_sequence,
        transactions.shuffled_transaction_sequence,
        transactions.ordered_at,
        transactions.ordered_on,
        transactions.time_precision,
        purchases.quantity,
        purchases.unit_price_eur,
        purchases.line_amount_eur,
        row_number() over (
            partition by transactions.customer_id
            order by
                transactions.transaction_sequence,
                purchases.first_row_number,
                {{ hash_fraction('purchases.product_id', 'line order') }}
        ) as line_sequence,
        row_number() over (
            partition by transactions.customer_id
            order by
                transactions.shuffled_transaction_sequence,
                purchases.first_row_number,
                {{ hash_fraction('purchases.product_id', 'line order') }}
        ) as shuffled_line_sequence
    from purchases
    inner join transactions on purchases.transaction_id = transactions.transaction_id

),

final as (

    select
        -------- ids
        customer_id,
        transaction_id,
        product_id,

        -------- texts
        time_precision,

        -------- numerics
        transaction_sequence,
        shuffled_transaction_sequence,
        line_sequence,
        shuffled_line_sequence,
        quantity,
        unit_price_eur,
        line_amount_eur,

        -------- timestamps
        ordered_at,
        ordered_on
    from numbered

)

select * from final
