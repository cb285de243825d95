-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- Tenant-days on which a group held a privileged role: only then do the feeds of groups decide
-- what is known of privilege.
select distinct
    tenant_id,
    snapshot_date
from {{ ref('int_role_assignments_described') }}
where
    principal_type = 'group'
    and is_privileged
