-- The controls that turning on security defaults would fulfil, in each tenant where that is
-- possible on its newest day; what is only likely is told and not counted.
select
    offered.tenant_id,
    lower(controls.control_id) as folded_control_id,
    controls.fulfilment,
    controls.fulfilment in ('certain', 'registration') as is_counted
from {{ ref('int_security_defaults_offered') }} as offered
inner join {{ ref('int_newest_posture_days') }} using (tenant_id, snapshot_date)
cross join {{ ref('security_defaults_controls') }} as controls
