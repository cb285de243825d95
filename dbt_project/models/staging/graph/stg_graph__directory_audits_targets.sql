select
    run_id,
    tenant_id,
    record_index,
    lower(id) as target_id,
    {{ snake_case('type') }} as target_type
from {{ source('graph', 'directory_audits_target_resources') }}
