-- What a word may mean when somebody wants something left out. The seed of exclusions says it best; a family's own name
-- and an ingredient's names follow.
with exclusion_terms as (

    select
        term,
        target_kind,
        target_id
    from {{ ref('ref_exclusion_terms') }}

),

families as (

    select
        family_id,
        family_name
    from {{ ref('ref_ingredient_families') }}

),

synonyms as (

    select
        synonym,
        ingredient_id
    from {{ ref('ref_ingredient_synonyms') }}

),

meanings as (

    select
        term as word,
        target_kind as exclusion_kind,
        target_id as exclusion_id,
        1 as preference
    from exclusion_terms
    union all
    select
        {{ normalise_text('family_name') }} as word,
        'family' as exclusion_kind,
        family_id as exclusion_id,
        2 as preference
    from families
    union all
    select
        family_id as word,
        'family' as exclusion_kind,
        family_id as exclusion_id,
        2 as preference
    from families
    union all
    select
        synonym as word,
        'ingredient' as exclusion_kind,
        ingredient_id as exclusion_id,
        3 as preference
    from synonyms

),

ranked as (

    select distinct
        word,
        exclusion_kind,
        exclusion_id,
        rank() over (partition by word order by preference) as place
    from meanings

),

final as (

    select
        word,
        exclusion_kind,
        exclusion_id
    from ranked
    where place = 1

)

select * from final
