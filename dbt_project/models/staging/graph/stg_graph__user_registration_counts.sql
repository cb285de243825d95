select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    user_type,
    is_admin,
    is_mfa_registered,
    is_mfa_capable,
    strongest_method_class,
    count as user_count
from {{ source('graph', 'user_registration_counts') }}
