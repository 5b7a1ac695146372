-- Each customer's purchase transactions in order, numbered 1..n twice: as recorded, and with the order inside a
-- calendar day drawn at random (what a day-precise extract says about that order is an accident of its file).
with lines as (

    select * from {{ ref('fct_transactions') }}

),

transactions as (

    select
        customer_id,
        transaction_id,
        source_system,
        min(channel) as channel,
        min(time_precision) as time_precision,
        min(ordered_at) as ordered_at,
        min(source_row_number) as first_row_number,
        {{ exact_sum('line_amount_eur') }} as amount_eur
    from lines
    where
        is_purchase
        and customer_id is not null
    group by
        customer_id,
        transaction_id,
        source_system

),

-- A surrogate time is no day: such transactions have an order but no ties to draw.
dated as (

    select
        *,
        time_precision <> 'surrogate' as has_real_time,
        case when time_precision <> 'surrogate' then cast(ordered_at as date) end as ordered_on,
        case
            when time_precision = 'surrogate' then ordered_at
            else cast(cast(ordered_at as date) as timestamp)
        end as tied_at,
        {{ hash_fraction('transaction_id', var('ties_shuffled_seed')) }} as lot
    from transactions

),

numbered as (

    select
        customer_id,
        transaction_id,
        channel,
        ordered_at,
        ordered_on,
        time_precision,
        has_real_time,
        amount_eur,
        row_number() over as_recorded as transaction_sequence,
        row_number() over ties_shuffled as shuffled_transaction_sequence,
        lag(ordered_on) over as_recorded as previous_ordered_on,
        lag(ordered_on) over ties_shuffled as shuffled_previous_ordered_on
    from dated
    window
        as_recorded as (
            partition by customer_id
            order by ordered_at, source_system, first_row_number, transaction_id
        ),
        ties_shuffled as (partition by customer_id order by tied_at, lot, transaction_id)

),

final as (

    select
        -------- ids
        customer_id,
        transaction_id,

        -------- texts
        channel,
        time_precision,

        -------- numerics
        transaction_sequence,
        shuffled_transaction_sequence,
        {{ days_between('previous_ordered_on', 'ordered_on') }} as days_since_previous,
        {{ days_between('shuffled_previous_ordered_on', 'ordered_on') }} as shuffled_days_since_previous,
        amount_eur,

        -------- booleans
        has_real_time,

        -------- timestamps
        ordered_at,
        ordered_on
    from numbered

)

select * from final
