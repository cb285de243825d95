select
    run_id,
    tenant_id,
    record_index,
    item_index,
    {{ snake_case('state') }} as state,
    assigned_to,
    comment,
    updated_by,
    cast(updated_date_time as timestamp) as updated_at
from {{ source('graph', 'secure_score_control_profiles_control_state_updates') }}
