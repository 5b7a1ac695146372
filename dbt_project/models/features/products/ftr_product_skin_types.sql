-- Whom a product suits: what its claims and its description say ("Best for Dry, Combo, Normal Skin"), and what its
-- ingredients do. Ingredients also speak against a skin type; that reduces the weight, down to no row at all.
with products as (

    select * from {{ ref('dim_products') }}

),

product_ingredients as (

    select * from {{ ref('bridge_product_ingredients') }}

),

ingredients as (

    select * from {{ ref('dim_ingredients') }}

),

affinities as (

    select * from {{ ref('ref_ingredient_skin_types') }}

),

terms as (

    select * from {{ ref('ref_skin_type_terms') }}

),

from_ingredients as (

    select
        product_ingredients.product_id,
        affinities.skin_type_id,
        affinities.affinity * {{ position_weight('product_ingredients.position') }} as hint,
        lower(ingredients.inci_name) || ' (ingredient ' || product_ingredients.position || ')' as reason
    from product_ingredients
    inner join ingredients on product_ingredients.ingredient_id = ingredients.ingredient_id
    inner join affinities on product_ingredients.ingredient_id = affinities.ingredient_id

),

texts as (

    select
        product_id,
        'claim' as source,
        {{ var('claim_evidence_weight') }} as source_weight,
        {{ as_words('claims_text') }} as words
    from products
    union all
    select
        product_id,
        'description' as source,
        {{ var('description_evidence_weight') }} as source_weight,
        {{ as_words('description') }} as words
    from products

),

texts_about_skin as (

    select
        product_id,
        source,
        source_weight,
        words
    from texts
    where words like '%skin%'

),

term_words as (

    select
        skin_type_id,
        term,
        {{ as_words('term') }} as words
    from terms
    where skin_type_id <> 'unknown'

),

found_terms as (

    select
        texts_about_skin.product_id,
        term_words.skin_type_id,
        texts_about_skin.source_weight as hint,
        texts_about_skin.source || ' "' || term_words.term || '"' as reason,
        row_number() over (
            partition by texts_about_skin.product_id, term_words.skin_type_id, texts_about_skin.source
            order by term_words.term
        ) as place
    from texts_about_skin
    inner join term_words
        on ' ' || texts_about_skin.words || ' ' like '% ' || term_words.words || ' %'
    -- "Quick dry" is not about skin, "dry to normal skin" is: the word "skin" follows within a few words.
    where
        ' ' || term_words.words || ' ' like '% skin %'
        or {{ regexp_matches(
            "texts_about_skin.words",
            "'(^| )' || term_words.words || ' ([^ ]+ ){0," ~ (var('skin_type_words_before_skin') - 1) ~ "}skins?( |$)'"
        ) }}

),

hints as (

    select
        product_id,
        skin_type_id,
        hint,
        reason
    from from_ingredients
    union all
    select
        product_id,
        skin_type_id,
        hint,
        reason
    from found_terms
    where place = 1

),

ranked as (

    select
        product_id,
        skin_type_id,
        greatest(least(hint, 0.99), -0.99) as hint,
        reason,
        row_number() over (partition by product_id, skin_type_id order by hint desc, reason asc) as place
    from hints

),

combined as (

    select
        product_id,
        skin_type_id,
        {{ dbt.listagg(
            "case when place <= " ~ var('evidence_reasons_shown') ~ " and hint > 0 then reason end",
            "', '",
            "order by place"
        ) }} as evidence,
        1 - exp({{ exact_sum('ln(1 - greatest(hint, 0))') }}) as weight_for,
        1 - exp({{ exact_sum('ln(1 + least(hint, 0))') }}) as weight_against
    from ranked
    group by
        product_id,
        skin_type_id

),

final as (

    select
        -------- ids
        product_id,
        skin_type_id,

        -------- texts
        evidence,

        -------- numerics
        round(weight_for - weight_against, 6) as weight
    from combined
    where round(weight_for - weight_against, 6) > 0

)

select * from final
