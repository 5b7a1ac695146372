{#- Shannon entropy (nats) of how `total` = N things spread over kinds with n things each, from two sums:
    -sum(n/N ln(n/N)) = ln N - sum(n ln n) / N. Null if there is nothing. -#}
{% macro entropy(total, sum_of_n_log_n) -%}
    case
        when {{ total }} > 0
            then round(greatest(ln({{ total }}) - cast({{ sum_of_n_log_n }} as double) / {{ total }}, 0), 6)
    end
{%- endmacro %}
