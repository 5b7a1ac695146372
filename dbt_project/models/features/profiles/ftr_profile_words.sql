-- How a new customer may describe themselves, and what it means: skin types, skin concerns, and regions by country. The
-- words are those by which the shop's own customers and products are read.
with skin_type_terms as (

    select * from {{ ref('ref_skin_type_terms') }}

),

skin_types as (

    select * from {{ ref('ref_skin_types') }}

),

concern_terms as (

    select * from {{ ref('ref_concern_terms') }}

),

concerns as (

    select * from {{ ref('ref_concerns') }}

),

countries as (

    select * from {{ ref('ref_countries') }}

),

words as (

    select
        'skin_type' as word_kind,
        term as word,
        skin_type_id as meaning_id
    from skin_type_terms
    union all
    select
        'skin_type' as word_kind,
        skin_type_id as word,
        skin_type_id as meaning_id
    from skin_types
    union all
    select
        'concern' as word_kind,
        term as word,
        concern_id as meaning_id
    from concern_terms
    union all
    select
        'concern' as word_kind,
        {{ normalise_text('concern_name') }} as word,
        concern_id as meaning_id
    from concerns
    union all
    select
        'concern' as word_kind,
        concern_id as word,
        concern_id as meaning_id
    from concerns
    union all
    select
        'region' as word_kind,
        raw_country as word,
        region as meaning_id
    from countries
    union all
    select
        'region' as word_kind,
        region as word,
        region as meaning_id
    from countries

),

final as (

    select distinct
        -------- ids
        word_kind,
        word,
        meaning_id
    from words

)

select * from final
