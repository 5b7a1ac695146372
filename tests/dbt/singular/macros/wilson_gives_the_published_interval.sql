-- As statsmodels.stats.proportion.proportion_confint(…, method="wilson") gives it.
with cases as (

    select * from (
        values
        (1, 4, 0.0455872608097006, 0.6993581574175982),
        (0, 1, 0.0, 0.7934506856227627),
        (10, 700, 0.0077779048114418985, 0.02609543203438863)
    ) as expected (successes, trials, expected_low, expected_high)

)

select * from cases
where
    abs({{ wilson_low('successes', 'trials') }} - expected_low) > 0.000000000001
    or abs({{ wilson_high('successes', 'trials') }} - expected_high) > 0.000000000001
union all
select 0, 0, 0, 0
where {{ wilson_low('0', '0') }} is not null or {{ wilson_high('0', '0') }} is not null
