-- What a search wants left out: "fragrance free", "without parabens and sulfates", "no retinol". Each distinct query is
-- read once, however often it was typed.
--
-- The patterns and the terms are seeds; what a pattern finds must be whole words of the query. A list is excluded with
-- any of its terms: in "no sulfates, parabens or silicones" the pattern finds sulfates, and the list brings the rest.
-- An item of one or two words that is no known term does not end a list, because missing an exclusion harms more than
-- one too many. The longest term wins: "fragrance oil free" says nothing about oil as such.
with interactions as (

    select * from {{ ref('fct_interactions') }}

),

patterns as (

    select * from {{ ref('ref_exclusion_patterns') }}

),

terms as (

    select * from {{ ref('ref_exclusion_terms') }}

),

queries as (

    select distinct query
    from interactions
    where
        event_type = 'search'
        and query is not null

),

-- Commas and their like become "and", so that all lists look the same. In "face oil free of silicones" the word "free"
-- belongs to what follows it.
read_queries as (

    select
        query,
        replace(
            replace({{ as_words(with_list_words('query')) }}, ' free of ', ' ; free of '),
            ' free from ',
            ' ; free from '
        ) as words
    from queries

),

term_words as (

    select distinct
        target_kind as exclusion_kind,
        target_id as exclusion_id,
        {{ as_words('term') }} as term
    from terms

),

mentions as (

    select distinct
        read_queries.query,
        read_queries.words,
        term_words.term
    from read_queries
    inner join term_words on read_queries.words like '%' || term_words.term || '%'

),

expression as (

    select '(^| )(' || {{ dbt.listagg("pattern", "'|'", "order by pattern") }} || ')( |$)' as any_pattern
    from patterns

),

-- Covered up, all terms look alike, and a text has to be read once only, whichever term it is about.
covered as (

    select distinct replace(words, term, '~') as covered_words
    from mentions

),

excluding as (

    select covered.covered_words
    from covered
    cross join expression
    where {{ regexp_matches('covered.covered_words', "replace(expression.any_pattern, '{term}', '~')") }}

),

found as (

    select
        mentions.query,
        mentions.words,
        mentions.term
    from mentions
    inner join excluding on replace(mentions.words, mentions.term, '~') = excluding.covered_words

),

-- What stands between two terms of one list: connectors, and perhaps further items.
listed as (

    select distinct
        mentions.query,
        mentions.words,
        mentions.term
    from found
    inner join mentions
        on
            found.query = mentions.query
            and found.term <> mentions.term
    where
        ' ' || mentions.words || ' ' like '% ' || mentions.term || ' %'
        and {{ regexp_matches(
            text_between('mentions.words', 'found.term', 'mentions.term'),
            "'^( (and|or|nor))+( [^ ]+( [^ ]+)?( (and|or|nor))+)* $'"
        ) }}

),

wished as (

    select
        query,
        words,
        term
    from found
    union distinct
    select
        query,
        words,
        term
    from listed

),

-- A term is overruled if it occurs only inside a longer one.
overruled as (

    select distinct
        short_term.query,
        short_term.term
    from wished as short_term
    inner join wished as long_term
        on
            short_term.query = long_term.query
            and length(long_term.term) > length(short_term.term)
            and long_term.term like '%' || short_term.term || '%'
            and replace(short_term.words, long_term.term, '~') not like '%' || short_term.term || '%'

),

ranked as (

    select
        wished.query,
        term_words.exclusion_kind,
        term_words.exclusion_id,
        wished.term,
        row_number() over (
            partition by wished.query, term_words.exclusion_kind, term_words.exclusion_id
            order by length(wished.term) desc, wished.term
        ) as place
    from wished
    inner join term_words on wished.term = term_words.term
    left join overruled
        on
            wished.query = overruled.query
            and wished.term = overruled.term
    where overruled.term is null

),

final as (

    select
        -------- ids
        query,
        exclusion_kind,
        exclusion_id,

        -------- texts
        term as matched_term
    from ranked
    where place = 1

)

select * from final
