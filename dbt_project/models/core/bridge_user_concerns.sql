with customers as (

    select * from {{ ref('int_customers_unified') }}

),

concern_terms as (

    select
        term,
        concern_id
    from {{ ref('ref_concern_terms') }}

),

concerns as (

    select
        concern_id,
        concern_name
    from {{ ref('ref_concerns') }}

),

declared_lists as (

    select
        customer_id,
        {{ split_list(unescape_html('skin_concerns'), separators='[,;|]') }} as declared
    from customers
    where skin_concerns is not null

),

declared_items as (

    {{ unnest_list('declared_lists', ['customer_id'], 'declared') }}

),

-- A customer writes a term of the seed, or the concern's own name or id.
spellings as (

    select
        term as spelling,
        concern_id
    from concern_terms
    union
    select
        {{ normalise_text('concern_name') }} as spelling,
        concern_id
    from concerns
    union
    select
        concern_id as spelling,
        concern_id
    from concerns

),

final as (

    select distinct
        declared_items.customer_id,
        spellings.concern_id
    from declared_items
    inner join spellings on {{ normalise_text('declared_items.item') }} = spellings.spelling

)

select * from final
