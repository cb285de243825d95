{#
    The key holds: no part of it is null and no two rows share it. Of a large fact only the days
    that this build replaced are looked at: a whole-table check costs seconds, and the other days
    were checked when they were built.
#}
{% test primary_key(model, columns, date_column=none) -%}
select
    {{ columns | join(", ") }},
    count(*) as row_count
from {{ model }} as facts
{% if date_column %}
    semi join (
        select tenant_id, score_date as day from {{ ref('int_score_scope_days_to_rebuild') }}
        union all
        select tenant_id, score_date as day from {{ ref('int_score_days_new') }}
        union all
        select tenant_id, snapshot_date as day from {{ ref('int_tenant_days_to_rebuild') }}
    ) as replaced
        on
            facts.tenant_id = replaced.tenant_id
            and facts.{{ date_column }} = replaced.day
{% endif %}
group by {{ columns | join(", ") }}
having
    count(*) > 1
    or {{ columns | join(" is null or ") }} is null
{% endtest %}
