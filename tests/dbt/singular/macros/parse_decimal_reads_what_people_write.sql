with examples as (
    select * from (values
        ('1234.56', 1234.56),
        ('1,234.56', 1234.56),
        ('1.234,56', 1234.56),
        ('1''234.56', 1234.56),
        ('1 234,56', 1234.56),
        ('1.234.567', 1234567),
        ('1,234,567', 1234567),
        ('12,90', 12.9),
        ('1,234', 1.234),
        ('0.125', 0.125),
        ('.5', 0.5),
        ('-3', -3),
        ('+3', 3),
        ('1.5e-3', 0.0015),
        ('12,-', 12),
        (' 7 ', 7),
        ('€ 12,90', 12.9),
        ('12,90 EUR', 12.9),
        ('12.90EUR', 12.9),
        ('EUR12.90', 12.9),
        ('$1,299.00', 1299),
        ('S$ 30', 30),
        ('CHF 1''299.-', 1299),
        ('kr. 99', 99),
        ('', null),
        ('€', null),
        ('free', null),
        ('12 or 13', null),
        ('1.2.3', null),
        ('12 13', null),
        ('12 pcs', null),
        ('0x1F', null),
        ('nan', null),
        ('infinity', null),
        ('1..2', null),
        (null, null)
    ) as example (written, expected)
)

select
    written,
    expected,
    {{ parse_decimal('written') }} as parsed,
from examples
where {{ parse_decimal('written') }} is distinct from cast(expected as double)
