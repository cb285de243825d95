-- Profile versions with the day their successor was captured; `is_present` false: vanished.
select
    tenant_id,
    control_id,
    capture_date,
    is_present,
    title,
    control_category,
    service,
    max_points,
    lead(capture_date) over versions as superseded_date,
    row_number() over versions as version_number
from {{ ref('int_control_profile_changes') }}
window versions as (partition by tenant_id, control_id order by capture_date)
