-- The old switch on a user that asks for MFA without any policy. Graph tells it without saying of
-- whom: the id is the one that was asked for.
select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    lower(user_id) as user_id,
    lower(per_user_mfa_state) as per_user_mfa_state,
    case when user_id is null or user_id = '' then 'per-user MFA of nobody' end as quarantine_reason
from {{ source('graph', 'per_user_mfa') }}
