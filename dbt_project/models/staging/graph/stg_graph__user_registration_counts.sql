select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    -- One without a type is from before there were guests.
    coalesce(lower(user_type) = 'guest', false) as is_guest,
    is_admin,
    is_mfa_registered,
    is_mfa_capable,
    strongest_method_class,
    count as user_count
from {{ source('graph', 'user_registration_counts') }}
