{#- Stands in for the comma that separates nothing: inside a name (1,2-Hexanediol) or a bracket (Aqua (Water, Eau)). -#}
{%- set inner_comma = '¦' -%}
{#- Words that introduce a list rather than name an ingredient. -#}
{%- set label -%}
(?i)[\[(]?\s*\b(may contain|peut contenir|kann enthalten|(in)?active ingredients?|(in)?actives?|other ingredients|(full )?ingredients( list)?|contains)\b\s*(\[?\(?\+/?-\)?\]?)?\s*:|[\[(]?\s*(\+/-|±)\s*:?
{%- endset -%}
with products as (

    select * from {{ ref('int_products_unified') }}

),

ingredient_lists as (

    select
        product_id,
        {{ split_list(unescape_html('ingredients'), separators='[\\n;•]|\\s\\|\\s') }} as entries
    from products
    where ingredients is not null

),

entries as (

    {{ unnest_list('ingredient_lists', ['product_id'], 'entries') }}

),

-- An entry is one name, or a whole list of them. One that ends with a colon is the heading of a kit's next part.
punctuated as (

    select
        product_id,
        item_position as entry_position,
        {%- set text = "item" -%}
        {%- set text = regexp_replace_all(text, '[\\\\／]', '/') -%}
        {%- set text = regexp_replace_all(text, label, ', ') -%}
        {%- set text = regexp_replace_all(text, '(\\d),(\\d)', '\\1' ~ inner_comma ~ '\\2') -%}
        {%- set text = regexp_replace_all(text, '(\\d),(\\d)', '\\1' ~ inner_comma ~ '\\2') -%}
        {%- set text = regexp_replace_all(text, '(\\([^(),]*),([^()]*\\))', '\\1' ~ inner_comma ~ '\\2') -%}
        {%- set text = regexp_replace_all(text, '(\\([^(),]*),([^()]*\\))', '\\1' ~ inner_comma ~ '\\2') -%}
        {%- set text = regexp_replace_all(text, '(\\([^(),]*),([^()]*\\))', '\\1' ~ inner_comma ~ '\\2') %}
        {{ regexp_replace_all(text, '([a-z]{6,})\\. ([A-Z])', '\\1, \\2') }} as item
    from entries
    where not {{ regexp_matches('item', "':\\s*$'") }}

),

split_entries as (

    select
        product_id,
        entry_position,
        {{ split_list('item', separators=',') }} as names
    from punctuated

),

names as (

    {{ unnest_list('split_entries', ['product_id', 'entry_position'], 'names') }}

),

-- Without what is said about the ingredient: its share, footnote marks, codes of the list, the "and" before the last.
bare_names as (

    select
        product_id,
        entry_position,
        item_position,
        {%- set text = "replace(item, '" ~ inner_comma ~ "', ',')" -%}
        {%- set text = regexp_replace_all(text, '\\s*<[^>]*>', '') -%}
        {%- set text = regexp_replace_all(text, '\\s*[(\\[]?\\s*\\d+([.,]\\d+)?\\s*%\\s*(w/w|w/v)?\\s*[)\\]]?', ' ') -%}
        {%- set text = regexp_replace_all(text, '[*†‡°^™®]+', '') -%}
        {%- set text = regexp_replace_all(text, '^[\\s\-–·&.:/]*((?i)and\\s)?', '') %}
        trim({{ regexp_replace_all(text, '[\\s.:/]+$', '') }}) as ingredient_name
    from names

),

-- A bracket that was opened or closed in another name is no part of this one.
balanced_names as (

    select
        product_id,
        entry_position,
        item_position,
        trim(
            case
                when strpos(ingredient_name, '(') = 0 then replace(ingredient_name, ')', '')
                when strpos(ingredient_name, ')') = 0 then replace(ingredient_name, '(', '')
                else ingredient_name
            end,
            '[] '
        ) as ingredient_name
    from bare_names

)

-- A name has a letter. What is longer than any name is a sentence about the product, and some words say that there is
-- no list.
select
    product_id,
    row_number() over (partition by product_id order by entry_position, item_position) as mention_position,
    ingredient_name
from balanced_names
where
    {{ regexp_matches('ingredient_name', "'[a-zA-Z]{2}|[^\\x00-\\x7F]'") }}
    and length(ingredient_name) <= {{ var('longest_ingredient_name') }}
    and {{ normalise_text('ingredient_name') }} not in (
        'no info', 'no information', 'n/a', 'na', 'none', 'null', 'unknown', 'not available', 'not listed',
        'not provided', 'see packaging', 'see package', 'tbd', '#name?'
    )
