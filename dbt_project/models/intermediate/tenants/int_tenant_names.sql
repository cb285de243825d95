{{
    config(
        materialized='incremental',
        replace_days='int_snapshot_days_new',
        replace_key=['tenant_id', 'snapshot_date'],
    )
}}

-- One row per tenant and day on which its organization could be read.
select
    organizations.tenant_id,
    captures.extract_date as snapshot_date,
    any_value(organizations.organization_name) as organization_name
from {{ ref('stg_graph__organization') }} as organizations
inner join {{ ref('int_captures_deduplicated') }} as captures
    on
        organizations.tenant_id = captures.tenant_id
        and organizations.run_id = captures.run_id
        and captures.feed = 'organization'
inner join {{ ref('int_snapshot_days_new') }} as days
    on
        captures.tenant_id = days.tenant_id
        and captures.extract_date = days.snapshot_date
where organizations.quarantine_reason is null
group by organizations.tenant_id, captures.extract_date
