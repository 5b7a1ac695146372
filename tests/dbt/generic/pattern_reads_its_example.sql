{#- Each pattern of a seed is a regular expression that the engine accepts, and it finds a known term in the example that
    stands beside it. The pattern must cover whole words, as the models apply it.

    column_name: the pattern, with the placeholder {term}.
    example_column: a text in which the pattern is found.
    terms, term_column: the seed with the terms that may stand for the placeholder. -#}
{% test pattern_reads_its_example(model, column_name, example_column, terms, term_column) %}

with patterns as (

    select
        {{ column_name }} as pattern,
        {{ example_column }} as example
    from {{ model }}

),

terms as (

    select distinct {{ term_column }} as term
    from {{ terms }}

),

understood as (

    select distinct patterns.pattern
    from patterns
    inner join terms on patterns.example like concat('%', terms.term, '%')
    where {{ regexp_matches(
        "patterns.example",
        "concat('(^| )', replace(patterns.pattern, '{term}', terms.term), '( |$)')"
    ) }}

)

select
    patterns.pattern,
    patterns.example
from patterns
left join understood on patterns.pattern = understood.pattern
where understood.pattern is null

{% endtest %}
