select
    tenant_id,
    score_date,
    control_id,
    kind,
    tenant_count
from {{ source('graph', 'inferred_changes') }}
