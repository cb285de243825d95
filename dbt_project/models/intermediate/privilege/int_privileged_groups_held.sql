-- depends_on: {{ ref('int_role_days_arrived') }}
{{
    config(
        materialized='incremental',
        changed_days='int_role_days_arrived',
        changed_key=['tenant_id', 'snapshot_date'],
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
