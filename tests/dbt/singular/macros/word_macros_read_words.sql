select 'as_words' as finding
where
    {{ as_words("'Best for: Dry,  Combo & Crème-Skin!'") }} != 'best for dry combo crème skin'
    or {{ as_words("' -- '") }} is not null
union all
select 'text_between' as finding
where
    {{ text_between("'no sulfates and parabens'", "'sulfates'", "'parabens'") }} != ' and '
    or {{ text_between("'no sulfates and parabens'", "'parabens'", "'sulfates'") }} != ' and '
    or {{ text_between("'fragrance oil'", "'fragrance oil'", "'oil'") }} is not null
union all
select 'with_list_words' as finding
where {{ with_list_words("'a, b/c'") }} != 'a and  b and c'
