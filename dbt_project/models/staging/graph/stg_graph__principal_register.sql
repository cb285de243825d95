select
    run_id,
    tenant_id,
    extract_date,
    lower(principal) as principal,
    lower(group_id) as group_id,
    declared_role,
    owner,
    reason,
    review_by as review_by_date
from {{ source('graph', 'principal_register') }}
