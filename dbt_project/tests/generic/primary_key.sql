{#
    The key holds: no part of it is null and no two rows share it. For a large fact only the days
    at hand are looked at: a whole-table check costs seconds, and the older days were checked when
    they were built.
#}
{% test primary_key(model, columns, date_column=none) -%}
select
    {{ columns | join(", ") }},
    count(*) as row_count
from {{ model }}
{% if date_column %}
    where {{ date_column }} >= (
        select coalesce(min(from_date), date '9999-12-31')
        from (
            select min(score_date) as from_date from {{ ref('int_score_days_arrived') }}
            union all
            select min(snapshot_date) as from_date
            from {{ ref('int_tenant_snapshot_days_arrived') }}
        )
    )
{% endif %}
group by {{ columns | join(", ") }}
having
    count(*) > 1
    or {{ columns | join(" is null or ") }} is null
{% endtest %}
