select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as user_id,
    user_display_name,
    user_principal_name,
    -- Graph does not keep it up: false may be wrong, true is not.
    coalesce(is_deleted, false) as is_deleted,
    {{ snake_case('risk_level') }} as risk_level,
    {{ snake_case('risk_state') }} as risk_state,
    {{ snake_case('risk_detail') }} as risk_detail,
    cast(risk_last_updated_date_time as timestamp) as risk_last_updated_at,
    case when id is null or id = '' then 'risky user without an id' end as quarantine_reason
from {{ source('graph', 'risky_users') }}
