-- Days whose role facts this build replaces: a feed of roles was read again, or PIM answered. Its
-- refusal counts too: it tells whether a role can be held in any other way than standing.
select distinct
    tenant_id,
    extract_date as capture_date,
    extract_date as snapshot_date
from {{ ref('int_captures_arrived') }}
where
    (feed in ('role_definitions', 'role_assignments') and outcome in ('ok', 'empty'))
    or feed in ('role_assignment_schedule_instances', 'role_eligibility_schedule_instances')
