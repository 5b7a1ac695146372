with examples as (
    select * from (values
        ('3', 3), ('3.0', 3), ('2,000', 2), ('-1', -1), ('2.5', null), ('three', null), ('99999999999', null), (null, null)
    ) as example (written, expected)
)

select
    written,
    expected,
    {{ parse_integer('written') }} as parsed,
from examples
where {{ parse_integer('written') }} is distinct from cast(expected as integer)
