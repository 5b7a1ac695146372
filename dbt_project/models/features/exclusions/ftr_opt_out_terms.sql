-- What the terms of opt-outs mean ("fragrance", "fragrance-free", "mineral_oil"). Each distinct term is read once,
-- however often it was sent. They are read like the profile's: as they stand, and without what says no; hyphens and
-- underscores are as good as blanks. The first reading that means something counts.
with interactions as (

    select * from {{ ref('fct_interactions') }}

),

exclusion_words as (

    select * from {{ ref('bridge_exclusion_words') }}

),

terms as (

    select distinct query as term
    from interactions
    where
        event_type in ('exclude_ingredient', 'allow_ingredient')
        and query is not null

),

bare_terms as (

    select
        term,
        {{ normalise_text('term') }} as word,
        1 as preference
    from terms
    union all
    select
        term,
        {{ normalise_text(without_negation('term')) }} as word,
        2 as preference
    from terms

),

spellings as (

    select
        term,
        word,
        preference
    from bare_terms
    {%- for blank in [' ', '_', '-'] %}
    union all
    select
        term,
        {{ regexp_replace_all('word', '[-_ ]+', blank) }} as word,
        preference
    from bare_terms
    {%- endfor %}

),

ranked as (

    select distinct
        spellings.term,
        exclusion_words.exclusion_kind,
        exclusion_words.exclusion_id,
        rank() over (partition by spellings.term order by spellings.preference) as place
    from spellings
    inner join exclusion_words on spellings.word = exclusion_words.word

),

final as (

    select
        -------- ids
        term,
        exclusion_kind,
        exclusion_id
    from ranked
    where place = 1

)

select * from final
