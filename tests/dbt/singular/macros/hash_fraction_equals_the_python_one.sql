-- int(hashlib.md5(b"split:C00001").hexdigest()[:13], 16) / 2**52 and its like; and uniform enough to draw with.
with known as (
    select * from (values
        ('C00001', '0.07567692067633969'),
        ('C00002', '0.060115543593848964')
    ) as example (customer_id, expected)
),

drawn as (
    select
        avg({{ hash_fraction('draw', 'uniform') }}) as average,
        min({{ hash_fraction('draw', 'uniform') }}) as lowest,
        max({{ hash_fraction('draw', 'uniform') }}) as highest,
    from range(10000) as draws (draw)
)

select customer_id as finding
from known
where {{ hash_fraction('customer_id', 'split') }} is distinct from cast(expected as double)
union all
select 'not uniform on [0, 1)' as finding
from drawn
where abs(average - 0.5) > 0.02 or lowest < 0 or highest >= 1
