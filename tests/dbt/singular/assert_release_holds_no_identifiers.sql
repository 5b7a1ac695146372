-- Nothing that is published names a customer, but for the shop's own customer id, which is the release's key: every
-- text in every column of every public model is compared, whole and word by word, with everything by which the shop's
-- systems know a customer or their records. Numbers need nine digits and other identifiers six characters: shorter ones
-- stand in texts by chance.
{{ config(group='ingestion') }}
{%- set public_models = [
    'blocked_recommendations', 'dim_products', 'experiment_readout', 'experiment_readout_daily', 'feature_drift',
    'model_comparisons', 'model_decisions', 'model_evaluation', 'model_gate_checks', 'model_runs', 'monitoring_alerts',
    'monitoring_daily', 'off_policy_estimates', 'quality_ledger', 'recommendations', 'release_repetition',
    'retrain_triggers',
] -%}
with contents as (

    {{ published_texts(public_models) }}

),

plain_contents as (

    select
        place,
        {{ regexp_replace_all('content', '[^\\p{L}\\p{N}@._+-]+', ' ') }} as plain
    from contents

),

cut as (

    select
        place,
        {{ split_list('plain', ' ') }} as items
    from plain_contents

),

words as (

    {{ unnest_list('cut', ['place'], 'items') }}

),

found as (

    select
        place,
        content as identifier
    from contents
    union
    select
        place,
        {{ regexp_replace_all('item', '^[._-]+|[._-]+$', '') }} as identifier
    from words

),

identifiers as (

    select
        identifier_kind,
        lower(identifier) as identifier
    from {{ ref('int_known_identifiers') }}
    where
        length(identifier) >= 9
        or (length(identifier) >= 6 and not {{ regexp_matches('identifier', "'^[0-9]*$'") }})

),

-- What also names a product, or is the customer's published key, says nothing; but an address is no key to publish.
published_keys as (

    select lower(product_id) as identifier
    from {{ ref('dim_products') }}
    union
    select lower(customer_id) as identifier
    from {{ ref('dim_users') }}
    where customer_id not like '%@%'

)

select distinct
    found.place,
    identifiers.identifier_kind
from found
inner join identifiers on found.identifier = identifiers.identifier
left join published_keys on found.identifier = published_keys.identifier
where published_keys.identifier is null
