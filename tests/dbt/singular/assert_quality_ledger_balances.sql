-- Nothing is lost: every row received is kept, merged, rejected or erased, and every rejected one is on record.
with ledger as (

    select * from {{ ref('quality_ledger') }}

),

rejections as (

    select
        source_system,
        entity,
        count(*) as recorded_rows
    from {{ ref('quality_rejections') }}
    group by source_system, entity

),

audited as (

    select
        ledger.ledger_id,
        ledger.raw_rows,
        ledger.kept_rows,
        ledger.merged_rows,
        ledger.rejected_rows,
        ledger.erased_rows,
        ledger.is_balanced,
        coalesce(rejections.recorded_rows, 0) as recorded_rows
    from ledger
    left join rejections
        on
            ledger.source_system = rejections.source_system
            and ledger.entity = rejections.entity

)

-- Raised rather than returned, so that the console shows the message instead of a count.
select ledger_id
from audited
where
    case
        when not is_balanced or recorded_rows <> rejected_rows
            then {{ raise_error("concat(
                ledger_id, ': ', raw_rows, ' rows received, but ', kept_rows, ' kept, ', merged_rows, ' merged, ',
                rejected_rows, ' rejected (', recorded_rows, ' of these on record) and ', erased_rows, ' erased'
            )") }} is not null
        else false
    end
