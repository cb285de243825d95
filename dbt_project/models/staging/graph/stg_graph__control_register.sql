select
    run_id,
    tenant_id,
    extract_date,
    control_id,
    owner,
    ticket,
    reason,
    review_by as review_by_date
from {{ source('graph', 'control_register') }}
