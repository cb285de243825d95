select
    run_id,
    tenant_id,
    extract_date,
    record_index,
    id as user_id,
    display_name,
    user_principal_name,
    mail,
    account_enabled as is_enabled,
    lower(user_type) = 'guest' as is_guest,
    -- Asked for by name, so that a null is Graph's word: never synchronised.
    coalesce(on_premises_sync_enabled, false) as is_synced,
    cast(created_date_time as timestamp) as created_at,
    cast(last_password_change_date_time as timestamp) as last_password_change_at,
    cast(sign_in_activity_last_sign_in_date_time as timestamp) as last_attempted_sign_in_at,
    cast(sign_in_activity_last_successful_sign_in_date_time as timestamp)
        as last_successful_sign_in_at,
    case when id is null or id = '' then 'user without an id' end as quarantine_reason
from {{ source('graph', 'users') }}
