select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as detection_id,
    user_id,
    risk_event_type,
    {{ snake_case('risk_level') }} as risk_level,
    {{ snake_case('risk_state') }} as risk_state,
    cast(detected_date_time as timestamp) as detected_at,
    case when id is null or id = '' then 'risk detection without an id' end as quarantine_reason
from {{ source('graph', 'risk_detections') }}
