{#- A point in time as the systems write it -> timestamp in UTC; null if the text is none of these:
        2026-03-31, 2026-03-31 18:05[:09[.123]], 2026-03-31T18:05:09Z, …+02:00   (2026/03/31 likewise; offsets are applied)
        20260331
        31.03.2026, 31.03.26, 31.03.2026 18:05[:09]                              day first, always
        03/31/2026, 03/31/2026 18:05[:09]                                        month first
        1774980309, 1774980309123                                                epoch seconds (9 or 10 digits, decimals
                                                                                 allowed), milliseconds (12 or 13 digits)
    A date with slashes is ambiguous: it is read month first, and day first only where there is no such month
    (31/03/2026). A system that writes day/month/year must be told to export ISO dates instead; see
    docs/input_contract.md. A time without an offset is taken as it stands. -#}
{% macro parse_timestamp(expr) -%}
    {{ return(adapter.dispatch('parse_timestamp')(expr)) }}
{%- endmacro %}

{% macro default__parse_timestamp(expr) -%}
    {%- set text = "trim(cast(" ~ expr ~ " as varchar))" -%}
    {%- set times = ['', ' %H:%M', ' %H:%M:%S', ' %H:%M:%S.%f'] -%}
    case
        when regexp_matches({{ text }}, '^\d{4}-\d{1,2}-\d{1,2}[T ].*([+-]\d{2}:?(\d{2})?)$')
            then timezone('UTC', try_cast({{ text }} as timestamp with time zone))
        when regexp_matches({{ text }}, '^\d{4}-\d{1,2}-\d{1,2}([T ]|$)')
            then try_cast({{ text }} as timestamp)
        when regexp_matches({{ text }}, '^\d{4}/\d{1,2}/\d{1,2}( |$)')
            then try_cast(replace({{ text }}, '/', '-') as timestamp)
        when regexp_matches({{ text }}, '^\d{8}$')
            then try_strptime({{ text }}, '%Y%m%d')
        when regexp_matches({{ text }}, '^\d{1,2}\.\d{1,2}\.\d{4}( |$)')
            then try_strptime({{ text }}, [{% for time in times %}'%d.%m.%Y{{ time }}'{{ ', ' if not loop.last }}{% endfor %}])
        when regexp_matches({{ text }}, '^\d{1,2}\.\d{1,2}\.\d{2}( |$)')
            then try_strptime({{ text }}, [{% for time in times %}'%d.%m.%y{{ time }}'{{ ', ' if not loop.last }}{% endfor %}])
        when regexp_matches({{ text }}, '^\d{1,2}/\d{1,2}/\d{4}( |$)')
            then coalesce(
                try_strptime({{ text }}, [{% for time in times %}'%m/%d/%Y{{ time }}'{{ ', ' if not loop.last }}{% endfor %}]),
                try_strptime({{ text }}, [{% for time in times %}'%d/%m/%Y{{ time }}'{{ ', ' if not loop.last }}{% endfor %}])
            )
        when regexp_matches({{ text }}, '^\d{9,10}(\.\d+)?$')
            then make_timestamp(cast(round(try_cast({{ text }} as double) * 1000000) as bigint))
        when regexp_matches({{ text }}, '^\d{12,13}(\.0*)?$')
            then make_timestamp(cast(round(try_cast({{ text }} as double)) as bigint) * 1000)
    end
{%- endmacro %}
