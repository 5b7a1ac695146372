with examples as (
    select * from (values
        ('Dr. Scholl&#39;s', 'Dr. Scholl''s'),
        ('Salt &amp; Stone', 'Salt & Stone'),
        ('&lt;b&gt; &quot;x&quot;', '<b> "x"'),
        ('Cr&egrave;me de la M&#x65;r', 'Crème de la Mer'),
        ('women&#146;s', 'women’s'),
        ('a&nbsp;b', 'a b'),
        ('&amp;amp;', '&amp;'),
        ('50 & over; R&B', '50 & over; R&B'),
        ('&unknown; &#0; &#xD800;', '&unknown; &#0; &#xD800;'),
        ('no entity', 'no entity'),
        ('', ''),
        (null, null)
    ) as example (written, expected)
)

select
    written,
    expected,
    {{ unescape_html('written') }} as parsed,
from examples
where {{ unescape_html('written') }} is distinct from expected
