-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- How everyone in the registration report stands, counted while it was read: guests too, and those
-- who are kept as rows once more.
select
    tenant_id,
    snapshot_date,
    cast(sum(user_count) as bigint) as mfa_user_count,
    cast(coalesce(sum(user_count) filter (where is_mfa_registered), 0) as bigint)
        as mfa_registered_count,
    cast(coalesce(sum(user_count) filter (where is_mfa_capable), 0) as bigint)
        as mfa_capable_count
from ({{ captured_rows('stg_graph__user_registration_counts', 'user_registration_details') }})
group by tenant_id, snapshot_date
