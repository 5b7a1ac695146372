{%- set extracts = [
    ('crm.customers', 'stg_crm__customers'),
    ('catalog.products', 'stg_catalog__products'),
    ('webshop.orders', 'stg_webshop__orders'),
    ('webshop.order_lines', 'stg_webshop__order_lines'),
    ('pos.sales', 'stg_pos__sales'),
    ('pos.loyalty_cards', 'stg_pos__loyalty_cards'),
    ('app.events', 'stg_app__events'),
] -%}
-- How old each extract, the model and the release that is about to be replaced are, in days of the warehouse's clock.
-- What a shop does not have has no age.
with clock as (

    select as_of from {{ ref('int_as_of') }}

),

moments as (
    {% for name, model in extracts %}
    select
        '{{ name }}' as subject,
        'extract_age_days' as metric,
        max(extracted_at) as happened_at
    from {{ ref(model) }}
    union all
    {%- endfor %}
    select
        'model' as subject,
        'model_age_days' as metric,
        max(taken_at) as happened_at
    from {{ ref('ml_feature_profiles') }}
    union all
    select
        'release' as subject,
        'last_release_age_days' as metric,
        max(last_generated_at) as happened_at
    from {{ ref('ml_release_overlap') }}

),

final as (

    select
        moments.metric,
        moments.subject,
        moments.happened_at,
        {{ days_between('moments.happened_at', 'clock.as_of') }} as age_days
    from moments
    cross join clock
    where moments.happened_at is not null

)

select * from final
