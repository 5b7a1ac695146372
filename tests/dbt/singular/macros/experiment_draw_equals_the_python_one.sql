-- The arms of 10,000 customers, three arms of 0.1, 0.2 and 0.7, as one text of 10,000 letters. Its SHA-256 is what
-- tests/unit/models/test_assignment.py computes in Python; that test also reads this file, so that neither changes alone.
with customers as (

    select
        customer,
        {{ experiment_draw("concat('c', customer)", "'salt'") }} as draw
    from range(10000) as customers (customer)

),

arms as (

    select
        customer,
        case
            when draw < cast(cast(0.1 as decimal(9, 6)) as double) then 'a'
            when draw < cast(cast(0.3 as decimal(9, 6)) as double) then 'b'
            else 'c'
        end as arm
    from customers

),

digest as (

    select {{ sha256_hex("string_agg(arm, '' order by customer)") }} as found
    from arms

)

select found
from digest
where found <> 'af1acbb637cd117a4bf22b244a2a2c6ca65b635643f83a6c1bad9adaeaad15b6'
