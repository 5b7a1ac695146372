{#- An empirical-Bayes mean: `mean` over `observations` pulled towards `prior`, as if `prior_weight` further observations
    had given the prior: (n * mean + m * prior) / (n + m). Without observations it is the prior, without a prior the mean. -#}
{% macro shrunken_mean(mean, observations, prior, prior_weight) -%}
    case
        when {{ mean }} is null or coalesce({{ observations }}, 0) = 0 then {{ prior }}
        when {{ prior }} is null then {{ mean }}
        else
            (cast({{ observations }} as double) * {{ mean }} + {{ prior_weight }} * {{ prior }})
            / ({{ observations }} + {{ prior_weight }})
    end
{%- endmacro %}
