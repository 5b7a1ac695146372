with customers as (

    select * from {{ ref('int_customers_unified') }}

),

exclusion_terms as (

    select
        term,
        target_kind,
        target_id
    from {{ ref('ref_exclusion_terms') }}

),

synonyms as (

    select
        synonym,
        ingredient_id
    from {{ ref('ref_ingredient_synonyms') }}

),

families as (

    select
        family_id,
        family_name
    from {{ ref('ref_ingredient_families') }}

),

declared_lists as (

    select
        customer_id,
        {{ split_list(unescape_html('avoided_ingredients'), separators='[,;|]') }} as declared
    from customers
    where avoided_ingredients is not null

),

declared_items as (

    {{ unnest_list('declared_lists', ['customer_id'], 'declared') }}

),

-- "no parabens", "allergic to nuts", "fragrance-free" and "parabens" avoid the same as the bare word.
declared_words as (

    select
        customer_id,
        item as declared_text,
        {{ normalise_text('item') }} as word
    from declared_items
    union
    select
        customer_id,
        item as declared_text,
        {{ normalise_text(regexp_replace_all(
            'lower(item)',
            '^(no|without|zero|avoid|avoids|free (of|from)|allergic to|allergy to|non)[ -]+|[ -]free$|[ -]allerg(y|ies)$',
            ''
        )) }} as word
    from declared_items

),

-- What a word may mean. The seed of exclusions says it best; a family's own name and an ingredient's name follow.
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

readings as (

    select
        declared_words.customer_id,
        declared_words.declared_text,
        meanings.exclusion_kind,
        meanings.exclusion_id,
        rank() over (
            partition by declared_words.customer_id, declared_words.declared_text
            order by meanings.preference
        ) as place
    from declared_words
    inner join meanings on declared_words.word = meanings.word

),

final as (

    select
        customer_id,
        exclusion_kind,
        exclusion_id,
        min(declared_text) as declared_text
    from readings
    where place = 1
    group by customer_id, exclusion_kind, exclusion_id

)

select * from final
