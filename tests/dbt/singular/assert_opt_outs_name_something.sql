-- An opt-out from something that nobody knows keeps nothing away, and its customer believes that it does. It is worth a
-- look, and a word in ref_exclusion_terms, and no reason to stop.
{{ config(severity='warn') }}
with interactions as (

    select * from {{ ref('fct_interactions') }}

),

opt_out_terms as (

    select * from {{ ref('ftr_opt_out_terms') }}

)

select
    interactions.event_id,
    interactions.query
from interactions
left join opt_out_terms on interactions.query = opt_out_terms.term
where
    interactions.event_type = 'exclude_ingredient'
    and opt_out_terms.term is null
