-- An extract of which most is rejected is broken rather than dirty (a renamed column, another date format): the release
-- that stands is better than one made from the rest.
with ledger as (

    select * from {{ ref('quality_ledger') }}

),

commonest_rules as (

    select
        source_system,
        entity,
        rule_id,
        row_number() over (partition by source_system, entity order by count(*) desc, rule_id) as place
    from {{ ref('quality_rejections') }}
    group by source_system, entity, rule_id

)

-- Raised rather than returned, so that the console shows the message instead of a count.
select ledger.ledger_id
from ledger
left join commonest_rules
    on
        ledger.source_system = commonest_rules.source_system
        and ledger.entity = commonest_rules.entity
        and commonest_rules.place = 1
where
    case
        when cast(ledger.rejected_rows as double) > {{ var('max_rejected_share') }} * ledger.raw_rows
            then {{ raise_error("concat(
                ledger.ledger_id, ': ', ledger.rejected_rows, ' of ', ledger.raw_rows,
                ' rows were rejected, mostly by rule ', commonest_rules.rule_id,
                '; more than max_rejected_share (" ~ var('max_rejected_share') ~ ") stops the build. ',
                'See pii.quality_rejections for the rows and ref_quality_rules for what to do.'
            )") }} is not null
        else false
    end
