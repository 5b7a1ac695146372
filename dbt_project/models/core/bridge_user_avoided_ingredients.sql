with customers as (

    select * from {{ ref('int_customers_unified') }}

),

exclusion_words as (

    select * from {{ ref('bridge_exclusion_words') }}

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
        {{ normalise_text(without_negation('item')) }} as word
    from declared_items

),

final as (

    select
        declared_words.customer_id,
        exclusion_words.exclusion_kind,
        exclusion_words.exclusion_id,
        min(declared_words.declared_text) as declared_text
    from declared_words
    inner join exclusion_words on declared_words.word = exclusion_words.word
    group by
        declared_words.customer_id,
        exclusion_words.exclusion_kind,
        exclusion_words.exclusion_id

)

select * from final
