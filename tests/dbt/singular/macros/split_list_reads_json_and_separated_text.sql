with separated as (
    select * from (values
        ('["acne", "dry skin"]', 'acne/dry skin'),
        ('acne, dry skin; redness|dullness', 'acne/dry skin/redness/dullness'),
        ('[''acne'', ''dry skin'']', 'acne/dry skin'),
        ('["cut short', 'cut short'),
        ('acne,,', 'acne'),
        ('[]', ''),
        (null, null)
    ) as example (written, expected)
),

ingredients as (
    select * from (values
        ('Aqua, 1,2-Hexanediol, Glycerin', 'Aqua/1,2-Hexanediol/Glycerin'),
        ('["Aqua", "Mica, CI 77891"]', 'Aqua/Mica, CI 77891')
    ) as example (written, expected)
),

split as (
    select
        written,
        expected,
        array_to_string({{ split_list('written') }}, '/') as parsed,
    from separated
    union all
    select
        written,
        expected,
        array_to_string({{ split_list('written', separators=',\\s+') }}, '/') as parsed,
    from ingredients
)

select * from split
where parsed is distinct from expected
