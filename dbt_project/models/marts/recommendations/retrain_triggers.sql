-- Asked of the data, not of the clock on the wall: a shop that gets no extracts learns nothing by training.
with runs as (

    select * from {{ ref('ml_model_runs') }}

),

purchases as (

    select * from {{ ref('ftr_visible_purchases') }}

),

clock as (

    select * from {{ ref('int_as_of') }}

),

alerts as (

    select * from {{ ref('monitoring_alerts') }}

),

triggers as (

    select * from {{ ref('ref_retrain_triggers') }}

),

champion as (

    select
        model_run_id,
        data_as_of,
        purchases
    from runs
    where is_current

),

purchases_today as (

    select count(*) as purchases
    from purchases
    where protocol = 'serving'

),

drift as (

    select
        count(*) as alerts,
        {{ dbt.listagg("subject", "', '", "order by subject") }} as features
    from alerts
    where
        status = 'open'
        and severity = 'fail'
        and metric in ('feature_drift', 'missing_drift')

),

measured as (

    select
        'age' as trigger_id,
        {{ days_elapsed('champion.data_as_of', 'clock.as_of') }} as value,
        cast(null as varchar) as detail
    from champion
    cross join clock
    union all
    select
        'new_purchases' as trigger_id,
        100.0 * {{ safe_divide('purchases_today.purchases - champion.purchases', 'champion.purchases') }} as value,
        cast(null as varchar) as detail
    from champion
    cross join purchases_today
    union all
    select
        'drift' as trigger_id,
        alerts as value,
        features as detail
    from drift

),

final as (

    select
        cast(measured.trigger_id as varchar) as trigger_id,
        cast(champion.model_run_id as varchar) as model_run_id,
        cast(measured.value as double) as value,
        cast(triggers.threshold as double) as threshold,
        cast(coalesce(measured.value >= triggers.threshold, false) as boolean) as is_due,
        cast(
            triggers.unit || ': '
            || coalesce(measured.detail, cast(cast(floor(measured.value) as bigint) as varchar), 'unknown') as varchar
        ) as says
    from measured
    inner join triggers on measured.trigger_id = triggers.trigger_id
    cross join champion

)

select * from final
order by trigger_id
