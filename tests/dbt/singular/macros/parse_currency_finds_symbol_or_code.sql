with examples as (
    select * from (values
        ('€ 12,90', '€'),
        ('12.90 eur', 'EUR'),
        ('12.90EUR', 'EUR'),
        ('EUR', 'EUR'),
        ('$12', '$'),
        ('S$ 30', 'S$'),
        ('£3', '£'),
        ('12 Fr.', 'FR.'),
        ('12,90', null),
        ('from Europe', null),
        (null, null)
    ) as example (written, expected)
)

select
    written,
    expected,
    {{ parse_currency('written') }} as parsed,
from examples
where {{ parse_currency('written') }} is distinct from expected
