with names as (

    select distinct ingredient_name
    from {{ ref('int_ingredient_mentions') }}

),

synonyms as (

    select
        synonym,
        ingredient_id
    from {{ ref('ref_ingredient_synonyms') }}

),

known_ingredients as (

    select ingredient_id
    from {{ ref('ref_ingredients') }}

),

-- The forms under which a name may be known: "Aqua (Water)" is also aqua, and water.
readings as (

    select
        ingredient_name,
        {{ normalise_text('ingredient_name') }} as whole,
        {{ normalise_text(regexp_replace_all('ingredient_name', '\\s*\\([^()]*\\)', '')) }} as without_bracket,
        {{ normalise_text("split_part(ingredient_name, '(', 1)") }} as before_bracket,
        {{ normalise_text("split_part(split_part(ingredient_name, '(', 2), ')', 1)") }} as inside_bracket
    from names

),

-- "Water/Aqua/Eau" is one substance in three languages; a polymer's name joins different ones by the same stroke.
alternatives as (

    select
        ingredient_name,
        {{ split_list(regexp_replace_all('whole', '[()]', '/'), separators='/') }} as alternatives
    from readings
    where
        whole like '%/%'
        and whole not like '%polymer%'

),

alternative_items as (

    {{ unnest_list('alternatives', ['ingredient_name'], 'alternatives') }}

),

candidates as (

    {%- for reading in ['whole', 'without_bracket', 'before_bracket', 'inside_bracket'] %}

    select
        ingredient_name,
        {{ reading }} as candidate,
        {{ loop.index }} as preference
    from readings
    union all
    {%- endfor %}
    select
        ingredient_name,
        {{ normalise_text('item') }} as candidate,
        4 + item_position as preference
    from alternative_items

),

matches as (

    select
        candidates.ingredient_name,
        synonyms.ingredient_id,
        row_number() over (
            partition by candidates.ingredient_name order by candidates.preference, synonyms.ingredient_id
        ) as place
    from candidates
    inner join synonyms on candidates.candidate = synonyms.synonym

),

-- A name that no synonym knows is its own ingredient, unless it is a known id in another notation.
identified as (

    select
        readings.ingredient_name,
        coalesce(readings.without_bracket, readings.whole) as plain_name,
        coalesce(
            matches.ingredient_id, {{ slug('coalesce(readings.without_bracket, readings.whole)') }}
        ) as ingredient_id
    from readings
    left join matches
        on
            readings.ingredient_name = matches.ingredient_name
            and matches.place = 1

)

select
    identified.ingredient_name,
    identified.plain_name,
    identified.ingredient_id,
    known_ingredients.ingredient_id is not null as is_known
from identified
left join known_ingredients on identified.ingredient_id = known_ingredients.ingredient_id
