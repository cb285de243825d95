select
    run_id,
    tenant_id,
    record_index,
    'defaultUser.' || path as path,
    value
from {{ source('graph', 'authorization_policy_default_user_role_permissions') }}
