with examples as (
    select * from (values
        ('  Cetearyl   Alcohol* ', 'cetearyl alcohol'),
        ('Parfum (Fragrance).', 'parfum (fragrance)'),
        ('L&#39;Or&eacute;al', 'l''oréal'),
        ('aqua' || chr(160) || 'pura', 'aqua pura'),
        ('**', null),
        ('', null),
        (null, null)
    ) as example (written, expected)
)

select
    written,
    expected,
    {{ normalise_text('written') }} as parsed,
from examples
where {{ normalise_text('written') }} is distinct from expected
