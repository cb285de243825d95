-- depends_on: {{ ref('int_snapshot_days_new') }}
{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- What the audit log told, day by day, of policies that somebody changed. Readings overlap: one
-- entry can stand under several days.
with

entries as (

    {{ captured_rows('stg_graph__directory_audits', 'directory_audits') }}

)

select distinct
    entries.tenant_id,
    entries.snapshot_date,
    entries.audit_id,
    entries.activity,
    entries.activity_at,
    entries.actor_name,
    targets.target_id
from entries
inner join {{ ref('stg_graph__directory_audits_targets') }} as targets
    using (run_id, tenant_id, record_index)
where
    entries.quarantine_reason is null
    and entries.category = 'policy'
    and entries.is_success
    and entries.actor_name is not null
