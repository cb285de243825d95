-- Profile versions with the days they describe: the first one also all days before its capture.
-- Both bounds are dates and never null, so that joins on them stay hash joins.
select
    tenant_id,
    control_id,
    capture_date,
    is_present,
    title,
    control_category,
    service,
    max_points,
    case
        when row_number() over versions = 1 then date '1900-01-01'
        else capture_date
    end as valid_from_date,
    coalesce(lead(capture_date) over versions, date '9999-12-31') as valid_until_date
from {{ ref('int_control_profile_changes') }}
window versions as (partition by tenant_id, control_id order by capture_date)
