{#- The customer's number in [0, 1) that decides their arm: the arm into whose share it falls. App and site compute the
    same number with models_py/experiments/assignment.py.

    customer_id: SQL, the customer.
    salt: SQL, the salt of the experiment (`ref_experiments.salt`). -#}
{% macro experiment_draw(customer_id, salt) -%}
    {{ hash_fraction("concat(" ~ salt ~ ", ':', " ~ customer_id ~ ")", 'experiment') }}
{%- endmacro %}
