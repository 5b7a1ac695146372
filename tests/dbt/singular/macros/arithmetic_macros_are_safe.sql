select 'safe_divide' as finding
where {{ safe_divide('1', '0') }} is not null or {{ safe_divide('1', '4') }} != 0.25
union all
select 'days_between' as finding
where
    {{ days_between("date '2026-03-01'", "timestamp '2026-03-02 12:00:00'") }} != 1.5
    or {{ days_between("date '2026-03-02'", "date '2026-03-01'") }} != -1
union all
select 'sha256_hex' as finding
where {{ sha256_hex("'glow'") }} != 'd27608cca9b65f91aef225be8ce8d50de8474b36d5bdbae15ab3ff9c5dca7187'
union all
select 'blank_to_null' as finding
where {{ blank_to_null("'   '") }} is not null or {{ blank_to_null("' a '") }} != 'a'
