{#- "Best for dry skin" says whom a product suits, not that it treats dryness. -#}
{%- set skin_types = '(very|dry|oily|combination|combo|normal|sensitive|all|and|or|to)' -%}
{%- set skin_type_claim = '(best|suitable) for[ :]+(' ~ skin_types ~ '[ ,&/]*)+skin( types?)?' -%}
-- What a product is for: from its ingredients, its claims and its description, through seeds that an expert edits.
-- Evidence adds up as independent hints do (noisy or), so that a weight stays within 0..1 however much there is.
with products as (

    select * from {{ ref('dim_products') }}

),

product_ingredients as (

    select * from {{ ref('bridge_product_ingredients') }}

),

ingredients as (

    select * from {{ ref('dim_ingredients') }}

),

ingredient_concerns as (

    select * from {{ ref('ref_ingredient_concerns') }}

),

concern_steps as (

    select * from {{ ref('ref_concern_routine_steps') }}

),

terms as (

    select * from {{ ref('ref_concern_terms') }}

),

from_ingredients as (

    select
        product_ingredients.product_id,
        ingredient_concerns.concern_id,
        ingredient_concerns.strength * {{ position_weight('product_ingredients.position') }} as hint,
        lower(ingredients.inci_name) || ' (ingredient ' || product_ingredients.position || ')' as reason
    from product_ingredients
    inner join ingredients on product_ingredients.ingredient_id = ingredients.ingredient_id
    inner join products on product_ingredients.product_id = products.product_id
    inner join ingredient_concerns on product_ingredients.ingredient_id = ingredient_concerns.ingredient_id
    -- Almond oil is good for dry hair, but not in a hand cream.
    inner join concern_steps
        on
            ingredient_concerns.concern_id = concern_steps.concern_id
            and coalesce(products.routine_step, 'other') = concern_steps.routine_step

),

texts as (

    select
        product_id,
        'claim' as source,
        {{ var('claim_evidence_weight') }} as source_weight,
        {{ as_words(regexp_replace_all("lower(claims_text)", skin_type_claim, ' ')) }} as words
    from products
    union all
    select
        product_id,
        'description' as source,
        {{ var('description_evidence_weight') }} as source_weight,
        {{ as_words('description') }} as words
    from products

),

term_words as (

    select
        concern_id,
        weight,
        term,
        {{ as_words('term') }} as words
    from terms

),

found_terms as (

    select
        texts.product_id,
        term_words.concern_id,
        texts.source_weight * term_words.weight as hint,
        texts.source || ' "' || term_words.term || '"' as reason,
        row_number() over (
            partition by texts.product_id, term_words.concern_id, texts.source
            order by term_words.weight desc, term_words.term asc
        ) as place
    from texts
    inner join term_words on ' ' || texts.words || ' ' like '% ' || term_words.words || ' %'

),

-- A text that says the same thing in several words says it once.
hints as (

    select
        product_id,
        concern_id,
        hint,
        reason
    from from_ingredients
    union all
    select
        product_id,
        concern_id,
        hint,
        reason
    from found_terms
    where place = 1

),

ranked as (

    select
        product_id,
        concern_id,
        -- ln(0) is the end of the world: no single hint is certain.
        least(hint, 0.99) as hint,
        reason,
        row_number() over (partition by product_id, concern_id order by hint desc, reason asc) as place
    from hints
    where hint > 0

),

combined as (

    select
        product_id,
        concern_id,
        {{ dbt.listagg(
            "case when place <= " ~ var('evidence_reasons_shown') ~ " then reason end",
            "', '",
            "order by place"
        ) }} as evidence,
        round(1 - exp({{ exact_sum('ln(1 - hint)') }}), 6) as weight
    from ranked
    group by
        product_id,
        concern_id

),

final as (

    select
        -------- ids
        product_id,
        concern_id,

        -------- texts
        evidence,

        -------- numerics
        weight
    from combined
    where weight >= {{ var('least_concern_weight') }}

)

select * from final
