{#- A person's e-mail address as salted SHA-256: it still tells whether two addresses are one, and nothing else. The salt
    comes from GLOWHOUSE_EMAIL_SALT; a shop sets its own and keeps it secret, the default is for the demo shop. -#}
{% macro hash_email(expr) -%}
    {{ sha256_hex("'" ~ env_var('GLOWHOUSE_EMAIL_SALT', 'glowhouse-demo') ~ "' || " ~ expr) }}
{%- endmacro %}
