select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    policy_version,
    policy_migration_state,
    reconfirmation_in_days
from {{ source('graph', 'authentication_methods_policy') }}
