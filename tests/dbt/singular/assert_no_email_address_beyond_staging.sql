-- A person is known by a salted hash from the intermediate layer on; what is kept as received has its addresses masked.
select
    rejection_id as place,
    raw_record as content
from {{ ref('quality_rejections') }}
where {{ regexp_matches('raw_record', "'[A-Za-z0-9._%+-]@[A-Za-z0-9]'") }}
union all
select
    customer_id as place,
    email_hash as content
from {{ ref('int_customers_unified') }}
where not {{ regexp_matches('email_hash', "'^[0-9a-f]{64}$'") }}
