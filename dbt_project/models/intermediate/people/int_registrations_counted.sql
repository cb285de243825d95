-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

{%- set counts = {
    'mfa_user_count': 'true',
    'mfa_registered_count': 'is_mfa_registered',
    'mfa_registered_unknown_count': 'is_mfa_registered is null',
    'mfa_capable_count': 'is_mfa_capable',
    'mfa_capable_unknown_count': 'is_mfa_capable is null',
} %}
{%- set guest_counts = ['mfa_user_count', 'mfa_registered_count', 'mfa_registered_unknown_count'] %}

-- How everyone in the registration report stands, counted while it was read, those who are kept as
-- rows once more. A flag that the report does not give is neither yes nor no.
select
    tenant_id,
    snapshot_date,
    {% for name, condition in counts.items() %}
        cast(coalesce(sum(user_count) filter (where not is_guest and {{ condition }}), 0) as bigint)
            as {{ name }},
    {% endfor %}
{% for name in guest_counts %}
    cast(coalesce(sum(user_count) filter (where is_guest and {{ counts[name] }}), 0) as bigint)
        as guest_{{ name }}{{ "," if not loop.last }}
{% endfor %}
from (
    {{ captured_rows('stg_graph__user_registration_counts', 'user_registration_details') }}
)
group by tenant_id, snapshot_date
