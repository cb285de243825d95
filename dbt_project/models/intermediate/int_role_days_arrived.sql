-- Days whose role facts this build replaces: either feed of roles was read again.
select distinct
    tenant_id,
    extract_date as capture_date,
    extract_date as snapshot_date
from {{ ref('int_captures_arrived') }}
where
    feed in ('role_definitions', 'role_assignments')
    and outcome in ('ok', 'empty')
