select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as user_id,
    lower(user_type) = 'guest' as is_guest,
    is_admin,
    is_mfa_registered,
    is_mfa_capable,
    is_passwordless_capable,
    case when id is null or id = '' then 'registration without a user' end as quarantine_reason
from {{ source('graph', 'user_registration_details') }}
