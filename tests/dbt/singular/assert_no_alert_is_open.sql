-- Somebody should look: `glowhouse monitor` says at what, since when and what to do.
{{ config(severity='warn') }}
select
    metric,
    subject,
    since,
    value,
    threshold
from {{ ref('monitoring_alerts') }}
where status = 'open'
