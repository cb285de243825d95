select
    run_id,
    tenant_id,
    extract_date,
    lower(id) as group_id,
    display_name as group_name,
    is_assignable_to_role,
    security_enabled as is_security_enabled,
    mail_enabled as is_mail_enabled,
    on_premises_sync_enabled as is_synced,
    membership_rule,
    cast(created_date_time as timestamp) as created_at,
    case
        when id is null or id = '' then 'group without an id'
    end as quarantine_reason
from {{ source('graph', 'groups') }}
