with examples as (
    select * from (values
        ('true', true), ('False', false), ('1', true), ('0', false), ('J', true), ('N', false), ('oui', true), ('non', false),
        (' Yes ', true), ('maybe', null), ('', null), ('2', null), (null, null)
    ) as example (written, expected)
)

select
    written,
    expected,
    {{ parse_boolean('written') }} as parsed,
from examples
where {{ parse_boolean('written') }} is distinct from expected
