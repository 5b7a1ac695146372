-- What became of every row that was read: kept, merged with its duplicate, rejected, or erased with its customer.
with ledger as (

    select
        source_system,
        entity,
        raw_rows,
        kept_rows,
        merged_rows,
        rejected_rows,
        erased_rows
    from {{ ref('quality_ledger') }}

)

select
    source_system,
    entity,
    raw_rows,
    kept_rows,
    merged_rows,
    rejected_rows,
    erased_rows,
    {{ safe_divide('kept_rows', 'raw_rows') }} as kept_share,
    {{ safe_divide('merged_rows', 'raw_rows') }} as merged_share,
    {{ safe_divide('rejected_rows', 'raw_rows') }} as rejected_share,
    {{ safe_divide('erased_rows', 'raw_rows') }} as erased_share
from ledger
order by
    source_system asc,
    entity asc
