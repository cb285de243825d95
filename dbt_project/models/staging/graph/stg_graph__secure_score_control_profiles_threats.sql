select
    run_id,
    tenant_id,
    record_index,
    item_index,
    value as threat
from {{ source('graph', 'secure_score_control_profiles_threats') }}
