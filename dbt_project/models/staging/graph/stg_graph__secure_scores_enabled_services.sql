select
    run_id,
    tenant_id,
    record_index,
    value as service
from {{ source('graph', 'secure_scores_enabled_services') }}
