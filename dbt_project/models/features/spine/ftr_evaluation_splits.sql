{#- What each protocol withholds. `own_transaction`: a customer's cutoff is one of the customer's own transactions,
counted from the end. `shop_clock`: one moment for everybody. `everything`: nothing is withheld. -#}
{%- set last_two = [('validation', 2), ('test', 1)] -%}
{%- set both = [('validation', none), ('test', none)] -%}
{%- set known = {
    'published': ('own_transaction', 'recorded', last_two),
    'ties_shuffled': ('own_transaction', 'ties_shuffled', last_two),
    'refit': ('own_transaction', 'recorded', last_two),
    'global_time': ('shop_clock', 'recorded', both),
    'serving': ('everything', 'recorded', [('serving', none)]),
} -%}
{%- set splits = [] -%}
{%- for protocol in var('evaluation_protocols') + ['serving'] -%}
{%- if protocol not in known -%}
{%- set names = known.keys() | join(', ') -%}
{{ exceptions.raise_compiler_error("vars.evaluation_protocols names '" ~ protocol ~ "'; known are: " ~ names) }}
{%- endif -%}
{%- set cutoff_rule, transaction_order, withheld_by_split = known[protocol] -%}
{%- for split, withheld in withheld_by_split -%}
{%- do splits.append((protocol, split, cutoff_rule, transaction_order, withheld)) -%}
{%- endfor -%}
{%- endfor -%}
with transactions as (

    select * from {{ ref('ftr_transactions_ordered') }}

),

clock as (

    select * from {{ ref('int_as_of') }}

),

splits as (
    {% for protocol, split, cutoff_rule, transaction_order, withheld in splits %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ protocol }}' as protocol,
        '{{ split }}' as split,
        '{{ cutoff_rule }}' as cutoff_rule,
        '{{ transaction_order }}' as transaction_order,
        cast({{ 'null' if withheld is none else withheld }} as integer) as withheld_transactions
    {%- endfor %}

),

-- Cut between days: on the day of the cutoff, nobody can say what a day-precise extract had seen by then.
-- Surrogate times are no times.
days as (

    select
        ordered_on,
        count(*) as transactions
    from transactions
    where has_real_time
    group by ordered_on

),

accumulated as (

    select
        ordered_on,
        sum(transactions) over (order by ordered_on) as transactions_so_far,
        sum(transactions) over () as all_transactions
    from days

),

test_cutoff as (

    select min(ordered_on) as cutoff_on
    from accumulated
    where transactions_so_far > {{ var('global_time_quantile') }} * all_transactions

),

before_test as (

    select
        accumulated.ordered_on,
        accumulated.transactions_so_far,
        max(accumulated.transactions_so_far) over () as all_transactions
    from accumulated
    inner join test_cutoff on accumulated.ordered_on < test_cutoff.cutoff_on

),

validation_cutoff as (

    select min(ordered_on) as cutoff_on
    from before_test
    where transactions_so_far > {{ var('global_time_quantile') }} * all_transactions

),

final as (

    select
        -------- ids
        splits.protocol,
        splits.split,

        -------- texts
        splits.cutoff_rule,
        splits.transaction_order,

        -------- numerics
        splits.withheld_transactions,

        -------- timestamps
        case
            when splits.cutoff_rule <> 'shop_clock' then clock.as_of
            when splits.split = 'test' then coalesce(cast(test_cutoff.cutoff_on as timestamp), clock.as_of)
            else coalesce(cast(coalesce(validation_cutoff.cutoff_on, test_cutoff.cutoff_on) as timestamp), clock.as_of)
        end as cutoff_at
    from splits
    cross join clock
    cross join test_cutoff
    cross join validation_cutoff

)

select * from final
